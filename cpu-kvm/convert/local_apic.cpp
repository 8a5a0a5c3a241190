#include "cpu-kvm/convert/local_apic.h"

#include <cstring>

namespace duet::kvm {
namespace {

constexpr unsigned kId = 0x02, kRequests = 0x20, kLvtTimer = 0x32, kInitialCount = 0x38, kCurrentCount = 0x39;
constexpr size_t kRegisterBytes = 16;  // from one register to the next
constexpr u32 kTimerModes = 3u << 17, kMasked = 1u << 16;
constexpr u64 kExtd = 1u << 10;

static_assert(sizeof(kvm_lapic_state) ==
              kRegisterBytes * std::tuple_size_v<decltype(LocalApicImage::registers)>);

// The kernel starts a one-shot that has nothing left once more; with no initial count it leaves it alone.
bool oneShotIsOver(const LocalApicImage& in) {
  const u32 lvt = in.registers[kLvtTimer];
  return !(lvt & (kTimerModes | kMasked)) && in.registers[kCurrentCount] == 0;
}

}  // namespace

KvmLocalApic toKvm(const LocalApicImage& in, u64 tscOffset, bool wideIds) {
  auto registers = in.registers;
  if ((in.base & kExtd) && !wideIds) registers[kId] <<= 24;
  if (oneShotIsOver(in)) registers[kInitialCount] = 0;
  KvmLocalApic out;
  for (size_t i = 0; i < registers.size(); ++i)
    std::memcpy(out.page.regs + i * kRegisterBytes, &registers[i], sizeof registers[i]);
  out.base = in.base;
  out.tscDeadline = in.tscDeadline ? in.tscDeadline + tscOffset : 0;
  return out;
}

LocalApicImage fromKvm(const KvmLocalApic& in, u64 tscOffset, bool wideIds) {
  LocalApicImage out;
  for (size_t i = 0; i < out.registers.size(); ++i)
    std::memcpy(&out.registers[i], in.page.regs + i * kRegisterBytes, sizeof out.registers[i]);
  out.base = in.base;
  if ((in.base & kExtd) && !wideIds) out.registers[kId] >>= 24;
  out.tscDeadline = in.tscDeadline ? in.tscDeadline - tscOffset : 0;
  return out;
}

void requestSpentTimer(LocalApicImage& image) {
  if (!image.registers[kInitialCount] || !oneShotIsOver(image)) return;
  const u32 vector = image.registers[kLvtTimer] & 0xff;
  image.registers[kRequests + vector / 32] |= 1u << vector % 32;
}

}  // namespace duet::kvm
