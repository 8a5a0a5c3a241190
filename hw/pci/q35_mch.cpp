#include "hw/pci/q35_mch.h"

#include "core/base/bits.h"

namespace duet::hw {
namespace {
constexpr PciIds kIds{.vendor = 0x8086,
                      .device = 0x29c0,
                      .revision = 0,
                      .classCode = 0x060000,
                      .subsystemVendor = 0x1af4,
                      .subsystem = 0x1100};
constexpr unsigned kPamRegisters = 7;
}  // namespace

Q35Mch::Q35Mch(MchHooks hooks) : PciDevice("q35-mch", kIds), hooks_(std::move(hooks)) {
  setDword(kPciexbar, 0, 0xfc000007);
  setDword(kPciexbar + 4, 0, 0xff);  // 40 address bits
  setByte(kPam0, 0, 0x30);
  for (unsigned i = 1; i < kPamRegisters; ++i) setByte(kPam0 + i, 0, 0x33);
  setByte(kSmram, 0x02, 0x70);
}

void Q35Mch::configChanged(u32 offset, unsigned size) {
  const u32 end = offset + size;
  if (offset < kPam0 + kPamRegisters && end > kPam0) applyPam();
  if (offset < kPciexbar + 8 && end > kPciexbar) applyEcam();
}

void Q35Mch::applyPam() {
  const u32 first = config(kPam0, 1);
  hooks_.pam(0, testBit(first, 4), testBit(first, 5));
  for (unsigned i = 1; i < kPamRegisters; ++i) {
    const u32 value = config(kPam0 + i, 1);
    hooks_.pam(2 * i - 1, testBit(value, 0), testBit(value, 1));
    hooks_.pam(2 * i, testBit(value, 4), testBit(value, 5));
  }
}

void Q35Mch::applyEcam() {
  constexpr u64 kSizes[] = {256_MiB, 128_MiB, 64_MiB, 0};
  const u64 value = config(kPciexbar, 4) | u64{config(kPciexbar + 4, 4)} << 32;
  const u64 size = kSizes[bits(value, 2, 1)];
  const bool enabled = testBit(value, 0) && size != 0;
  hooks_.ecam(enabled, enabled ? value & ~(size - 1) & lowMask(40) : 0, enabled ? size : 0);
}

}  // namespace duet::hw
