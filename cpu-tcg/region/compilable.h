// What the region compiler can do.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::region {

// Whether it can do the instruction; what it cannot ends a region.
bool isCompilable(const isa::Insn& insn);

}  // namespace duet::tcg::region
