// Paravirtual time (kvmclock) in the kernel's form.
#pragma once

#include "core/time/tsc_scale.h"
#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

kvm_clock_data clockOf(u64 time);
// As a line over the host's TSC plus `tscOffset`. `tscBefore`: the host's before the kernel was asked, for kernels that do
// not say theirs; the line is then ahead of the kernel's by the time the call took.
TscLine lineOf(const kvm_clock_data& data, u64 tscBefore, u64 tscOffset);

}  // namespace duet::kvm
