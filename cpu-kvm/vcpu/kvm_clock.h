// The kernel's paravirtual time (kvmclock) of one machine, and its exchange with the machine's clock.
#pragma once

#include <atomic>
#include <mutex>

#include "core/time/virtual_clock.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

// While vCPUs run, the kernel's time is the truth; it runs on in pauses, where the machine's stands still. So the machine's
// line follows it whenever a vCPU leaves run(), and the first vCPU after a pause (or another engine) gives it back.
// Threads: any.
class KvmClock {
 public:
  explicit KvmClock(Vm& vm) : vm_(vm) {}

  // Before a vCPU enters.
  void give(const VirtualClock& clock);
  // After one has left.
  void take(VirtualClock& clock);

 private:
  static constexpr u64 kNever = ~u64{0};

  Vm& vm_;
  std::mutex mutex_;
  std::atomic<u64> given_{kNever};  // the clock's count of pauses when the kernel was last told
};

}  // namespace duet::kvm
