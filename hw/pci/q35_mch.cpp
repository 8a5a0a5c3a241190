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

enum SmramBit : u8 { kGlobalEnable = 8, kLock = 0x10, kClose = 0x20, kOpen = 0x40 };
enum EsmramcBit : u8 { kTsegEnable = 1, kTsegSize = 6, kCacheFixed = 0x38, kSpaceError = 0x40, kHigh = 0x80 };
}  // namespace

Q35Mch::Q35Mch(MchHooks hooks) : PciDevice("q35-mch", kIds), hooks_(std::move(hooks)) {
  setDword(kPciexbar, 0, 0xfc000007);
  setDword(kPciexbar + 4, 0, 0xff);  // 40 address bits
  setByte(kPam0, 0, 0x30);
  for (unsigned i = 1; i < kPamRegisters; ++i) setByte(kPam0 + i, 0, 0x33);
  setByte(kSmram, 0x02, kGlobalEnable | kLock | kClose | kOpen);
  setByte(kEsmramc, kCacheFixed, kTsegEnable | kTsegSize | kHigh, kSpaceError);
  // Here other machines of this kind tell of larger TSEG sizes; a plain register says "there are none".
  setWord(0x50, 0, 0xffff);
}

// The shadow stays in place, as in other virtual machines: SeaBIOS tells a resume from a start by what it left there.
void Q35Mch::wake() {
  std::array<u32, kPamRegisters> pam;
  for (unsigned i = 0; i < kPamRegisters; ++i) pam[i] = config(kPam0 + i, 1);
  reset();
  for (unsigned i = 0; i < kPamRegisters; ++i) configWrite(kPam0 + i, 1, pam[i]);
}

void Q35Mch::configChanged(u32 offset, unsigned size) {
  const u32 end = offset + size;
  if (offset < kPam0 + kPamRegisters && end > kPam0) applyPam();
  if (offset < kPciexbar + 8 && end > kPciexbar) applyEcam();
  if (offset < kEsmramc + 1 && end > kSmram) applySmram();
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

// D_LCK stays until reset and makes everything read-only but D_CLS.
u8 Q35Mch::lockedBits(const Config& config, u32 offset) const {
  if (!(config[kSmram] & kLock)) return 0;
  if (offset == kSmram) return kGlobalEnable | kLock | kOpen;
  return offset == kEsmramc ? 0xff : 0;
}

void Q35Mch::applySmram() {
  u8 smram = static_cast<u8>(config(kSmram, 1));
  const u8 extended = static_cast<u8>(config(kEsmramc, 1));
  if (smram & kLock && smram & kOpen) store(kSmram, smram = static_cast<u8>(smram & ~kOpen));
  constexpr unsigned kMegabytes[] = {1, 2, 8, 0};
  Smram s;
  s.enabled = smram & kGlobalEnable;
  s.open = s.enabled && (smram & kOpen);
  s.closedToData = smram & kClose;
  s.high = extended & kHigh;
  if (s.enabled && (extended & kTsegEnable)) s.tsegMegabytes = kMegabytes[bits(extended, 2, 1)];
  hooks_.smram(s);
}

void Q35Mch::applyEcam() {
  constexpr u64 kSizes[] = {256_MiB, 128_MiB, 64_MiB, 0};
  const u64 value = config(kPciexbar, 4) | u64{config(kPciexbar + 4, 4)} << 32;
  const u64 size = kSizes[bits(value, 2, 1)];
  const bool enabled = testBit(value, 0) && size != 0;
  hooks_.ecam(enabled, enabled ? value & ~(size - 1) & lowMask(40) : 0, enabled ? size : 0);
}

}  // namespace duet::hw
