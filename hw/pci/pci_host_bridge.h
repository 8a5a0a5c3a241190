// How the CPU reaches configuration space: mechanism #1 at CF8h/CFCh and the ECAM window.
#pragma once

#include <mutex>

#include "core/bus/io_handler.h"
#include "core/device/device.h"
#include "hw/pci/pci_bus.h"

namespace duet::hw {

struct PciHostBridgeState {
  u32 address = 0;
  static constexpr auto fields() { return duet::fields(field("address", &PciHostBridgeState::address)); }
};

// Ranges: 0 = CF8h..CFBh, 1 = CFCh..CFFh, 2 = ECAM. A byte access at CF9h belongs to the reset control
// register, which the chip set decodes there (ICH9 13.7.5); it is handed on to `resetControl` range 0.
class PciHostBridge : public StatefulDevice, public IoHandler {
 public:
  enum Range : unsigned { kAddressPort, kDataPort, kEcam };

  PciHostBridge(PciBus& bus, IoHandler& resetControl) : bus_(bus), resetControl_(resetControl) {}

  std::string_view name() const override { return "pci-host"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  struct Target {
    u8 devfn;
    u32 offset;
    bool present;
  };
  u64 readAddress(u64 offset, unsigned size);
  void writeAddress(u64 offset, unsigned size, u64 value);
  Target dataTarget(u64 offset) const;
  static Target ecamTarget(u64 offset);

  PciBus& bus_;
  IoHandler& resetControl_;
  mutable std::mutex mutex_;
  PciHostBridgeState state_;
};

}  // namespace duet::hw
