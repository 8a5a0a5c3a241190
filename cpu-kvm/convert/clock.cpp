#include "cpu-kvm/convert/clock.h"

namespace duet::kvm {

// Without flags: what the kernel says of its own clocks is not for it to be told.
kvm_clock_data clockOf(u64 time) {
  kvm_clock_data data{};
  data.clock = time;
  return data;
}

TscLine lineOf(const kvm_clock_data& data, u64 tscBefore, u64 tscOffset) {
  const u64 tsc = data.flags & KVM_CLOCK_HOST_TSC ? data.host_tsc : tscBefore;
  return {tsc + tscOffset, data.clock};
}

}  // namespace duet::kvm
