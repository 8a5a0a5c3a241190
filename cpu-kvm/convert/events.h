// Pending events, shadows and blocking in the kernel's form.
#pragma once

#include "core/cpu/cpu_state.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

kvm_vcpu_events eventsToKvm(const CpuState& in);
// AMD has one bit for both shadows, which the kernel then calls both: `known` says which it is, and when nobody knows it is
// the one that holds back more.
InterruptShadow shadowOf(const kvm_vcpu_events& in, InterruptShadow known);
// `cr2` is where the payload of a page fault already is when KVM has begun to deliver it.
void eventsFromKvm(const kvm_vcpu_events& in, u64 cr2, CpuState& out,
                   InterruptShadow known = InterruptShadow::None);

}  // namespace duet::kvm
