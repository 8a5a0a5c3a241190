// The 8254 in the kernel's form.
#pragma once

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

// KVM_SET_PIT2 makes every counter begin anew with its count. In modes 0 and 4 that is what is left to count, so that the end
// comes when it should; in the others it is the whole, since it is loaded again and again. What does not count, or no longer,
// is given a count that takes an hour. `now` (CLOCK_MONOTONIC, in
// nanoseconds) is put down as the begin; the kernel puts its own for counters 1 and 2.
kvm_pit_state2 toKvm(const PitImage& in, i64 now);

// Every counter as programmed by the guest, and counting since it says; not counting with such a count.
PitImage fromKvm(const kvm_pit_state2& in, i64 now);

// Whether the guest has loaded a counter since it was `given` (as read back at once). Where it cannot be known (a counter 0
// of one-byte counts) it counts as loaded.
bool loadedSince(unsigned counter, const kvm_pit_channel_state& given, const kvm_pit_channel_state& now);

}  // namespace duet::kvm
