// How far code goes straight on.
#pragma once

#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"

namespace duet::diff::lockstep {

// Instructions from the one that `state` is at to the next that ends a block (a branch, a change of mode), that one
// included; at least 1, at most 64, and no further than the page.
u64 straightLine(const CpuState& state, Vcpu& vcpu, const AddressSpace& physical, const CpuModel& model);

}  // namespace duet::diff::lockstep
