// Pending x87 exceptions at waiting instructions (SDM vol. 1 8.7, appendix D).
#pragma once

#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {

void checkX87ErrorUnmasked(Context& ctx);

// Before a waiting x87 or MMX instruction, and before its memory operand is touched. With an unmasked
// exception pending: #MF if CR0.NE, else FERR# and the processor stops until an interrupt; neither returns. With
// IGNNE# it does, and native.ignoreX87Errors is set.
inline void checkX87Error(Context& ctx) {
  constexpr u16 kMasks = 0x3f;
  if ((ctx.native.area<u16>(kXsFcw) & kMasks) != kMasks) [[unlikely]]
    checkX87ErrorUnmasked(ctx);
}

// After an instruction that may have cleared or masked the exception: takes FERR# back.
void x87ErrorMayBeGone(Context& ctx);

}  // namespace duet::tcg
