// 1b36:0005, the device by which public CPU suites count accesses to BARs.
#pragma once

#include "hw/pci/pci_device.h"

namespace duet::hw {

// BAR 0 (memory, range 0) and BAR 1 (I/O, range 1) show one header each:
//   0 test number (write selects and resets the count)  1 access width  4 offset to write to
//   8 data to write  12 count of matching writes  16 name, zero-terminated
class PciTestdev : public PciDevice, public IoHandler {
 public:
  PciTestdev(AddressSpace& memory, AddressSpace& ports);
  void reset() override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

 private:
  std::mutex testMutex_;
  std::array<u8, 2> selected_{};
  std::array<u32, 2> count_{};
};

}  // namespace duet::hw
