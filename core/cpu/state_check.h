// Which states a processor of a model can be in at all: every engine refuses the others, as they may come from a hostile
// snapshot.
#pragma once

#include "core/base/result.h"
#include "core/cpu/cpu_model.h"
#include "core/cpu/cpu_state.h"

namespace duet {

Result<> checkState(const CpuModel& model, const CpuState& state);

bool validPat(u64 value);                // no reserved memory type in IA32_PAT (SDM vol. 3 12.12.2)
u32 mxcsrMaskOf(const CpuModel& model);  // MXCSR_MASK

}  // namespace duet
