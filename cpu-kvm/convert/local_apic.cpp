#include "cpu-kvm/convert/local_apic.h"

#include <cstring>

namespace duet::kvm {
namespace {

constexpr unsigned kId = 0x02, kRequests = 0x20, kLvtTimer = 0x32, kInitialCount = 0x38, kCurrentCount = 0x39,
                   kDivide = 0x3e;
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

void requestTimer(LocalApicImage& image) {
  const u32 vector = image.registers[kLvtTimer] & 0xff;
  image.registers[kRequests + vector / 32] |= 1u << vector % 32;
}

void requestSpentTimer(LocalApicImage& image) {
  if (image.registers[kInitialCount] && oneShotIsOver(image)) requestTimer(image);
}

bool isPeriodic(const LocalApicImage& image) {
  constexpr u32 kPeriodic = 1u << 17;
  return (image.registers[kLvtTimer] & (kTimerModes | kMasked)) == kPeriodic &&
         image.registers[kInitialCount];
}

// The kernel's bus has a nanosecond a cycle. Divide configuration (SDM vol. 3 figure 11-10): 0 is 2, 1 is 4, ... 7 is 1.
std::chrono::nanoseconds timerPeriod(const LocalApicImage& image) {
  const u32 divide = image.registers[kDivide];
  const u32 code = (divide >> 1 & 4) | (divide & 3);
  return std::chrono::nanoseconds(u64{image.registers[kInitialCount]} << ((code + 1) & 7));
}

}  // namespace duet::kvm
