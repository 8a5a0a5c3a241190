// Runs rows with Sem `Native`: the checks the manual asks for, the memory operand, the host's instruction.
#pragma once

#include "cpu-tcg/interp/block.h"

namespace duet::tcg {

// Fills fn, stub and native of an instruction whose row is Native.
void prepareNative(BlockInsn& insn, const Stub* stub, bool amd);

}  // namespace duet::tcg
