// In which states of the processor compiled code may run, and which of them need code of their own.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::baseline {

// What the code of a block depends on beside its bytes and address, as a small number. Two bits for the TLB bank, whose
// place in memory is part of the code.
inline u32 modeKey(const Context& ctx) { return ctx.modeKey | static_cast<u32>(ctx.tlb.bank()) << 4; }
inline constexpr u32 kModeKeys = 64;

// Segments without base and limit: addresses are offsets.
bool isFlat(const Context& ctx);

// Whether compiled code may run now. (What asks for single steps never comes here.)
inline bool mayRun(const Context& ctx) {
  if (ctx.alignmentChecks || ctx.watchData) return false;
  return ctx.codeMode == isa::CodeMode::Bits64 || (ctx.codeMode == isa::CodeMode::Bits32 && isFlat(ctx));
}

}  // namespace duet::tcg::baseline
