#include "ui/app/machine_facts.h"

#include "hw/board/pc_addresses.h"
#include "hw/pci/ich9_lpc.h"
#include "hw/power/acpi_pm.h"
#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

using namespace hw;

constexpr u64 kEbda = 0x9fc00;
constexpr u8 kPirqRegisters[8] = {0x60, 0x61, 0x62, 0x63, 0x68, 0x69, 0x6a, 0x6b};
constexpr u32 kFirstPirqGsi = 16;
constexpr u16 kActiveHighLevel = 0xd;
constexpr u8 kCenturyRegister = 0x32;
constexpr u64 kLastPort = 0xffff;  // last port

u64 lowRam(const Options& options) { return std::min(options.memoryBytes, pc::kLowRamLimit); }

}  // namespace

firmware::MemoryLayout memoryLayout(const Options& options, bool directBoot) {
  using firmware::MemoryType;
  firmware::MemoryLayout layout;
  layout.lowRam = lowRam(options);
  layout.highRam = options.memoryBytes - layout.lowRam;
  layout.mmioBase = pc::kEcamBase;
  layout.reserved.push_back({pc::kEcamBase, pc::kEcamSize, MemoryType::Reserved});
  if (!directBoot) return layout;
  layout.holes.push_back({pc::kVgaHole, pc::kShadow - pc::kVgaHole, MemoryType::Reserved});
  layout.reserved.push_back({kEbda, pc::kVgaHole - kEbda, MemoryType::Reserved});
  layout.reserved.push_back({pc::kBiosWindow, pc::kOneMiB - pc::kBiosWindow, MemoryType::Reserved});
  layout.rsdp = kRsdpAddress;
  return layout;
}

firmware::AcpiConfig acpiConfig(const Options& options, const CpuModel& model, unsigned serialPorts) {
  firmware::AcpiConfig config;
  for (u32 i = 0; i < options.topology.count(); ++i) config.processors.push_back({model.apicId(i)});
  config.localApicAddress = static_cast<u32>(pc::kLocalApic);
  config.ioApicAddress = static_cast<u32>(pc::kIoApic);
  config.overrides = {{pc::kIrqTimer, 2, 0}, {pc::kIrqSci, pc::kIrqSci, kActiveHighLevel}};

  config.sciIrq = pc::kIrqSci;
  if (!options.bios.empty()) {
    config.smiCommand = pc::kApm;
    config.acpiEnable = AcpiPm::kAcpiEnable;
    config.acpiDisable = AcpiPm::kAcpiDisable;
  }
  config.pm1Event = pc::kPowerManagement;
  config.pm1Control = pc::kPowerManagement + 4;
  config.pmTimer = pc::kPowerManagement + 8;
  config.gpe0 = pc::kPowerManagement + 0x20;
  config.gpe0Length = 16;
  config.resetPort = pc::kResetControl;
  config.resetValue = 6;
  config.sleepType3 = AcpiPm::kSleepTypeS3;
  config.sleepType5 = AcpiPm::kSleepTypeS5;
  config.rtcCenturyRegister = kCenturyRegister;

  config.ecamBase = pc::kEcamBase;
  config.lastBus = static_cast<u8>(pc::kEcamSize / 1_MiB - 1);
  config.ioWindows = {{0, pc::kPciAddress - 1}, {pc::kPciData + 4, kLastPort}};
  config.memoryWindows = {{pc::kVgaHole, pc::kShadow - 1}, {pc::kPciWindow, pc::kPciWindowEnd - 1}};
  auto& pci = config.pciInterrupts;
  for (unsigned slot = 0; slot < 32; ++slot)
    for (unsigned pin = 0; pin < 4; ++pin) pci.wire[slot][pin] = static_cast<u8>((slot + pin) % 4);
  pci.firstGsi = kFirstPirqGsi;
  pci.bridgeSlot = pc::kSlotLpc;
  std::copy(std::begin(kPirqRegisters), std::end(kPirqRegisters), pci.routeRegister.begin());
  pci.isaChoices = {5, 10, 11};

  for (unsigned i = 0; i < serialPorts; ++i)
    config.serialPorts.push_back({pc::kSerial[i], static_cast<u8>(pc::kSerialIrq[i])});
  config.keyboardController = true;
  config.rtc = true;
  if (options.hpet) config.hpet = pc::kHpet;
  config.fwCfgPort = pc::kFwCfg;
  for (const DeviceOption& d : options.devices)
    if (d.name == "pvpanic")
      config.pvpanicPort = static_cast<u16>(*parseNumber("ioport", d.properties.at("ioport"), 0, 0xffff));
  return config;
}

firmware::MpProcessorFacts mpProcessorFacts(const CpuModel& model) {
  const CpuidResult leaf1 = model.cpuid(1, 0, 0, CpuState{});
  return {leaf1.eax, leaf1.edx};
}

firmware::PirRouter pirRouter() { return {Ich9Lpc::kVendor, Ich9Lpc::kDevice}; }

firmware::BiosData biosData(unsigned serialPorts) {
  return {{pc::kSerial, pc::kSerial + serialPorts}, kEbda};
}

firmware::SmbiosConfig smbiosConfig(const Options& options, const CpuModel& model) {
  firmware::SmbiosConfig config;
  config.processors = options.topology.sockets;
  config.processorName = model.name();
  const auto facts = mpProcessorFacts(model);
  config.processorSignature = facts.signature;
  config.processorFeatures = facts.features;
  config.lowRam = lowRam(options);
  config.highRam = options.memoryBytes - config.lowRam;
  return config;
}

}  // namespace duet::ui
