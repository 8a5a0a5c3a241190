#include "hw/pci/pci_bus.h"

#include "core/base/bits.h"

namespace duet::hw {

Result<> PciBus::attach(PciDevice& device, u8 at) {
  if (devices_[at])
    return fail("PCI slot {:02x}.{} is taken by {}; {} needs another addr", at >> 3, at & 7,
                devices_[at]->name(), device.name());
  devices_[at] = &device;
  return {};
}

Result<u8> PciBus::freeSlot(unsigned first) const {
  for (unsigned device = first; device < 32; ++device)
    if (!devices_[devfn(device, 0)]) return devfn(device, 0);
  return fail("no PCI slot is free");
}

u32 PciBus::read(u8 at, u32 offset, unsigned size) const {
  return devices_[at] ? devices_[at]->configRead(offset, size) : static_cast<u32>(lowMask(8 * size));
}

void PciBus::write(u8 at, u32 offset, unsigned size, u32 value) const {
  if (devices_[at]) devices_[at]->configWrite(offset, size, value);
}

}  // namespace duet::hw
