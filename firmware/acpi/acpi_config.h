// Everything the ACPI tables say about the machine. The board fills it in; nothing here is a PC constant.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "core/base/types.h"

namespace duet::firmware {

struct AcpiProcessor {
  u32 apicId = 0;
};

struct AcpiInterruptOverride {
  u8 isaIrq = 0;
  u32 gsi = 0;
  u16 flags = 0;  // MPS INTI: polarity 1:0, trigger 3:2 (0 as the bus does, 0xd = active high level)
};

// Inclusive ends.
struct AcpiWindow {
  u64 first = 0;
  u64 last = 0;
};

struct AcpiSerialPort {
  u16 port = 0;
  u8 irq = 0;
};

// PCI interrupt wires (PIRQ A.. on ICH bridges): each goes to a GSI of its own, and in PIC mode to
// the ISA interrupt that a register of the bridge selects (bit 7 set: none).
struct AcpiPciInterrupts {
  std::array<std::array<u8, 4>, 32> wire{};  // [slot][pin INTA..INTD] → wire number, 0..7
  u32 firstGsi = 0;
  u8 bridgeSlot = 0, bridgeFunction = 0;
  std::array<u8, 8> routeRegister{};  // configuration offset for each wire
  std::vector<u32> isaChoices;        // interrupts a wire may be routed to
};

struct AcpiConfig {
  std::vector<AcpiProcessor> processors;
  u32 localApicAddress = 0;
  u8 ioApicId = 0;
  u32 ioApicAddress = 0;
  u32 ioApicGsiBase = 0;
  std::vector<AcpiInterruptOverride> overrides;

  // Fixed hardware registers, all in port space.
  u8 sciIrq = 0;
  u16 smiCommand = 0;  // 0: the machine is in ACPI mode from the start
  u8 acpiEnable = 0, acpiDisable = 0;
  u16 pm1Event = 0, pm1Control = 0, pmTimer = 0, gpe0 = 0;
  u8 gpe0Length = 0;
  u16 resetPort = 0;
  u8 resetValue = 0;
  u8 sleepType3 = 0, sleepType5 = 0;  // SLP_TYP of S3 and S5
  bool powerButton = true;
  u8 rtcCenturyRegister = 0;

  u64 ecamBase = 0;  // 1 MiB a bus; 0: no MCFG
  u8 lastBus = 0;
  std::vector<AcpiWindow> ioWindows, memoryWindows;  // what PCI0 forwards
  AcpiPciInterrupts pciInterrupts;

  std::vector<AcpiSerialPort> serialPorts;
  bool keyboardController = false;
  bool rtc = false;
  std::optional<u64> hpet;
  std::optional<u16> fwCfgPort;
  std::optional<u16> pvpanicPort;
};

}  // namespace duet::firmware
