// The ICH9 LPC bridge (8086:2918): power-management base and PIRQ routing.
#pragma once

#include <functional>

#include "hw/pci/pci_device.h"

namespace duet::hw {

struct LpcHooks {
  // PMBASE and ACPI_CNTL.ACPI_EN (ICH9 13.1.12, 13.1.13): the 128 bytes of ACPI ports.
  std::function<void(bool enabled, u16 base)> powerManagement;
  // GEN_PMCON_1.SMI_LOCK (13.8.1.1): GBL_SMI_EN cannot change any more.
  std::function<void(bool locked)> smiLock;
};

// Routes the PIRQ wires A..H (sink pins 0..7) to ISA interrupts for the 8259 pair (ICH9 13.1.17); the IOAPIC
// sees them on pins of its own whatever the routing says. `router` takes both: 8259 input n as pin
// picPins + n, PIRQ n as pin ioApicPins + n.
class Ich9Lpc : public PciDevice, public IrqSink {
 public:
  static constexpr u16 kVendor = 0x8086, kDevice = 0x2918;

  Ich9Lpc(LpcHooks hooks, IrqSink& router, unsigned picPins, unsigned ioApicPins);
  void setIrqLevel(unsigned pin, bool level) override;

 private:
  enum Offset : u32 {
    kPmBase = 0x40,
    kAcpiControl = 0x44,
    kPirqA = 0x60,
    kPirqE = 0x68,
    kGenPmcon1 = 0xa0,
    kRcba = 0xf0
  };
  u8 lockedBits(const Config& config, u32 offset) const override;
  void configChanged(u32 offset, unsigned size) override;
  void routeToIsa();

  LpcHooks hooks_;
  IrqSink& router_;
  const unsigned picPins_, ioApicPins_;
  std::mutex routeMutex_;  // before the interrupt controllers' locks
  std::array<bool, 8> level_{};
  std::array<bool, 16> driven_{};
};

}  // namespace duet::hw
