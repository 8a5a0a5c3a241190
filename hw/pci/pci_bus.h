// One PCI bus: who sits at which device and function number.
#pragma once

#include <array>

#include "hw/pci/pci_device.h"

namespace duet::hw {

constexpr u8 devfn(unsigned device, unsigned function) { return static_cast<u8>(device << 3 | function); }

// Built before the machine runs, read-only afterwards: no lock.
class PciBus {
 public:
  // Fails when the place is taken.
  Result<> attach(PciDevice& device, u8 devfn);
  // Lowest free device number from `first` on, or nothing.
  Result<u8> freeSlot(unsigned first) const;

  u32 read(u8 devfn, u32 offset, unsigned size) const;
  void write(u8 devfn, u32 offset, unsigned size, u32 value) const;

 private:
  std::array<PciDevice*, 256> devices_{};
};

}  // namespace duet::hw
