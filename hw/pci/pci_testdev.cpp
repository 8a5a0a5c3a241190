#include "hw/pci/pci_testdev.h"

#include <cstring>

#include "core/base/bits.h"

namespace duet::hw {
namespace {

constexpr PciIds kIds{.vendor = 0x1b36,
                      .device = 0x0005,
                      .revision = 0,
                      .classCode = 0x00ff00,
                      .subsystemVendor = 0x1af4,
                      .subsystem = 0x1100};
constexpr u64 kMemorySize = 4096, kIoSize = 256;
constexpr u32 kTargetOffset = 0x80;  // where the tests write: clear of the header
constexpr u8 kData = 0xfa;

struct Test {
  const char* name[2];  // by range
  bool matchData;
};
constexpr Test kTests[] = {{{"mmio-no-eventfd", "portio-no-eventfd"}, false},
                           {{"mmio-wildcard-eventfd", "portio-wildcard-eventfd"}, false},
                           {{"mmio-datamatch-eventfd", "portio-datamatch-eventfd"}, true}};
constexpr u8 kTestCount = std::size(kTests);

void put32(u8* at, u32 value) { std::memcpy(at, &value, 4); }

}  // namespace

PciTestdev::PciTestdev(AddressSpace& memory, AddressSpace& ports) : PciDevice("pci-testdev", kIds) {
  addBar(0, BarKind::Memory32, kMemorySize, memory, *this, 0);
  addBar(1, BarKind::Io, kIoSize, ports, *this, 1);
}

void PciTestdev::reset() {
  PciDevice::reset();
  std::lock_guard lock(testMutex_);
  selected_ = {kTestCount, kTestCount};
  count_ = {};
}

u64 PciTestdev::read(unsigned range, u64 offset, unsigned size) {
  u8 header[64 + 8] = {};
  {
    std::lock_guard lock(testMutex_);
    const u8 test = selected_[range];
    if (test >= kTestCount) return 0;
    header[0] = test;
    header[1] = 1;
    put32(header + 4, kTargetOffset);
    header[8] = kData;
    put32(header + 12, count_[range]);
    std::strncpy(reinterpret_cast<char*>(header + 16), kTests[test].name[range], 47);
  }
  u64 value = 0;
  if (offset <= 64) std::memcpy(&value, header + offset, size);
  return value;
}

void PciTestdev::write(unsigned range, u64 offset, unsigned, u64 value) {
  std::lock_guard lock(testMutex_);
  if (offset == 0) {
    selected_[range] = static_cast<u8>(std::min<u64>(value, kTestCount));
    count_[range] = 0;
    return;
  }
  const u8 test = selected_[range];
  if (test >= kTestCount || offset != kTargetOffset) return;
  if (!kTests[test].matchData || value == kData) ++count_[range];
}

}  // namespace duet::hw
