// Which member of CpuState is which MSR.
#pragma once

#include "core/base/types.h"
#include "core/cpu/cpu_state.h"

namespace duet::kvm {

// The member of `registers` that MSR `index` is, nullptr when CpuState does not hold it that way (EFER is in the
// special registers, FS and GS bases in the segments, the TSC in an offset).
u64* msrMember(ModelSpecificRegisters& registers, u32 index);

}  // namespace duet::kvm
