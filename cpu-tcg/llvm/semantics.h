// From an instruction to the semantic function that builds it.
#pragma once

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

// isCompilable(insn) holds.
void buildMeaning(Emitter& emitter, const isa::Insn& insn);

}  // namespace duet::tcg::region
