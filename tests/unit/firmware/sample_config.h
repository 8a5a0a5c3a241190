// A board as the tests imagine it.
#pragma once

#include "firmware/acpi/acpi_config.h"
#include "firmware/layout/memory_layout.h"

namespace duet::firmware::test {

inline AcpiConfig sampleAcpi(unsigned processors = 2) {
  AcpiConfig c;
  for (u32 i = 0; i < processors; ++i) c.processors.push_back({i});
  c.localApicAddress = 0xfee00000;
  c.ioApicAddress = 0xfec00000;
  c.overrides = {{0, 2, 0}, {9, 9, 0xd}};
  c.sciIrq = 9;
  c.smiCommand = 0xb2;
  c.acpiEnable = 2;
  c.acpiDisable = 3;
  c.pm1Event = 0x600;
  c.pm1Control = 0x604;
  c.pmTimer = 0x608;
  c.gpe0 = 0x620;
  c.gpe0Length = 16;
  c.resetPort = 0xcf9;
  c.resetValue = 6;
  c.sleepType3 = 1;
  c.sleepType5 = 5;
  c.rtcCenturyRegister = 0x32;
  c.ecamBase = 0xb0000000;
  c.lastBus = 255;
  c.ioWindows = {{0x0, 0xcf7}, {0xd00, 0xffff}};
  c.memoryWindows = {{0xa0000, 0xbffff}, {0xc0000000, 0xfebfffff}, {0x180000000, 0x97fffffff}};
  for (unsigned slot = 0; slot < 32; ++slot)
    for (unsigned pin = 0; pin < 4; ++pin)
      c.pciInterrupts.wire[slot][pin] = static_cast<u8>((slot + pin) % 8);
  c.pciInterrupts.firstGsi = 16;
  c.pciInterrupts.bridgeSlot = 31;
  c.pciInterrupts.routeRegister = {0x60, 0x61, 0x62, 0x63, 0x68, 0x69, 0x6a, 0x6b};
  c.pciInterrupts.isaChoices = {5, 10, 11};
  c.serialPorts = {{0x3f8, 4}, {0x2f8, 3}};
  c.keyboardController = c.rtc = true;
  c.fwCfgPort = 0x510;
  return c;
}

inline MemoryLayout sampleLayout(u64 lowRam = 128_MiB, u64 highRam = 0) {
  MemoryLayout m;
  m.lowRam = lowRam;
  m.highRam = highRam;
  m.reserved = {{0x9fc00, 0x400, MemoryType::Reserved},
                {0xe0000, 0x20000, MemoryType::Reserved},
                {0xb0000000, 256_MiB, MemoryType::Reserved}};
  m.holes = {{0xa0000, 0x40000, MemoryType::Reserved}};
  m.mmioBase = 0xb0000000;
  m.rsdp = 0xe0000;
  return m;
}

}  // namespace duet::firmware::test
