#include "cpu-kvm/vcpu/kvm_clock.h"

#include <x86intrin.h>

#include "core/base/log.h"
#include "cpu-kvm/convert/clock.h"

namespace duet::kvm {

// The call takes some time, by which the guest's is behind the machine's line from then on: never ahead of it, so never back.
void KvmClock::give(const VirtualClock& clock) {
  const u64 pauses = clock.pauses();
  if (given_.load(std::memory_order_acquire) == pauses) return;
  const std::lock_guard lock(mutex_);
  if (given_ == pauses) return;
  const u64 now = clock.paravirtualLine().at(clock.tsc(), TscScale::of(clock.tscFrequency()));
  if (auto ok = vm_.setClock(clockOf(now)); !ok) log(LogChannel::Error, "{}", ok.error().message);
  given_.store(pauses, std::memory_order_release);
}

void KvmClock::take(VirtualClock& clock) {
  const std::lock_guard lock(mutex_);
  if (given_ == kNever) return;
  const u64 before = __rdtsc();
  const auto now = vm_.clock();
  if (!now) return log(LogChannel::Error, "{}", now.error().message);
  clock.setParavirtualLine(lineOf(*now, before, clock.tscOffset()));
}

}  // namespace duet::kvm
