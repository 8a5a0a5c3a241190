// In which states of the processor compiled code may run, and which of them need code of their own.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::baseline {

// What the code of a block depends on beside its bytes and address, as a small number: decoding and rights, the TLB bank, whose
// place in memory is part of the code, and which units may be used (runtime/unit_check.h).
inline constexpr u32 kSseUsable = 1u << 6, kAvxUsable = 1u << 7;
inline constexpr u32 kModeKeys = 256;
inline u32 modeKey(const Context& ctx) {
  constexpr u64 kAvxStates = kXcr0Sse | kXcr0Avx;
  const u64 cr0 = ctx.arch.cr0, cr4 = ctx.arch.cr4;
  const bool sse = !(cr0 & (kCr0Em | kCr0Ts)) && (cr4 & kCr4Osfxsr);
  const bool avx = !(cr0 & kCr0Ts) && (cr4 & kCr4Osxsave) && (ctx.arch.xcr0 & kAvxStates) == kAvxStates;
  return ctx.modeKey | static_cast<u32>(ctx.tlb.bank()) << 4 | (sse ? kSseUsable : 0) |
         (avx ? kAvxUsable : 0);
}

// Segments without base and limit: addresses are offsets.
bool isFlat(const Context& ctx);

// Whether compiled code may run now. (What asks for single steps never comes here.)
inline bool mayRun(const Context& ctx) {
  if (ctx.alignmentChecks || ctx.watchData) return false;
  return ctx.codeMode == isa::CodeMode::Bits64 || (ctx.codeMode == isa::CodeMode::Bits32 && isFlat(ctx));
}

}  // namespace duet::tcg::baseline
