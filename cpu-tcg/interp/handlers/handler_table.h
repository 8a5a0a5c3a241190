// From a decoded instruction to the function that executes it.
#pragma once

#include "cpu-tcg/isa/insn.h"
#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::interp {

using Handler = void (*)(Context&, const isa::Insn&);

// The handler of an instruction, or nullptr when its row says `Native` (one of the host's own
// instructions: see cpu-tcg/native). Depends on the instruction alone, so it may be kept with it. Checks what the row's `cpl0` asks
// for; LOCK, mode and feature rules are the decoder's.
Handler handlerFor(const isa::Insn& insn);

// Who chooses: handlerFor, or in tests somebody who plants a bug in one instruction.
using HandlerChoice = Handler (*)(const isa::Insn& insn);

}  // namespace duet::tcg::interp
