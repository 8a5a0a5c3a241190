// What the region compiler can do.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::region {

// Whether it can do the instruction by its meaning; what it cannot, and the host does not do either (host_step.h), ends a region.
bool isCompilable(const isa::Insn& insn);

// Whether the address of a memory operand takes no look at a segment.
bool isPlainMemory(const isa::Insn& insn);

}  // namespace duet::tcg::region
