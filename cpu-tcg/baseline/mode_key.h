// In which states of the processor compiled code may run, and which of them need code of their own.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::baseline {

// What the code of a block depends on beside its bytes and address, as a small number: decoding and rights, the TLB bank, whose
// place in memory is part of the code, and which units may be used (runtime/unit_check.h): x87 and MMX only while every x87
// exception is masked, and whether every SIMD exception is, with nothing in MXCSR that the host's might not have.
inline constexpr u32 kUser = 1u << 2;  // as in Context::modeKey
inline constexpr u32 kSseUsable = 1u << 6, kAvxUsable = 1u << 7, kX87Usable = 1u << 8, kSimdMasked = 1u << 9;
inline constexpr u32 kModeKeys = 1024;
inline u32 modeKey(const Context& ctx) {
  constexpr u64 kAvxStates = kXcr0Sse | kXcr0Avx;
  const u64 cr0 = ctx.arch.cr0, cr4 = ctx.arch.cr4;
  const bool sse = !(cr0 & (kCr0Em | kCr0Ts)) && (cr4 & kCr4Osfxsr);
  const bool avx = !(cr0 & kCr0Ts) && (cr4 & kCr4Osxsave) && (ctx.arch.xcr0 & kAvxStates) == kAvxStates;
  const bool x87 = !(cr0 & (kCr0Em | kCr0Ts)) && (ctx.native.area<u16>(kXsFcw) & 0x3f) == 0x3f;
  const bool simd = (ctx.native.guestMxcsr() & (kMxcsrMasks | 0xffff0000)) == kMxcsrMasks;
  return ctx.modeKey | static_cast<u32>(ctx.tlb.bank()) << 4 | (sse ? kSseUsable : 0) |
         (avx ? kAvxUsable : 0) | (x87 ? kX87Usable : 0) | (simd ? kSimdMasked : 0);
}

inline mmu::TlbBank bankOf(u32 modeKey) { return static_cast<mmu::TlbBank>(modeKey >> 4 & 3); }

// Segments without base and limit: addresses are offsets.
bool isFlat(const Context& ctx);

// Whether compiled code may run now. (What asks for single steps never comes here.)
inline bool mayRun(const Context& ctx) {
  if (ctx.alignmentChecks || ctx.watchData) return false;
  return ctx.codeMode == isa::CodeMode::Bits64 || (ctx.codeMode == isa::CodeMode::Bits32 && isFlat(ctx));
}

}  // namespace duet::tcg::baseline
