// Linear address of an instruction's memory operand, from the manual's rules (SDM vol. 1 3.7.5, vol. 2 2.1.5) and apart from
// how the generator solves for it.
#pragma once

#include "core/cpu/cpu_state.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::diff::test {

// `state` is the one that the instruction begins in, but for RIP, which is `address`.
u64 linearAddress(const tcg::isa::Insn& insn, const CpuState& state, u64 address);

}  // namespace duet::diff::test
