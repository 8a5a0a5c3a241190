// In which states of the processor compiled code may run, and which of them need code of their own.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::baseline {

// What the code of a block depends on beside its bytes and address, as a small number: decoding and rights, the TLB bank, whose
// place in memory is part of the code, and which units may be used (runtime/unit_check.h): x87 and MMX only while every x87
// exception is masked, and whether every SIMD exception is, with nothing in MXCSR that the host's might not have.
inline constexpr u32 kUser = 1u << 2, kProtected = 1u << 3;  // as in Context::modeKey
inline constexpr u32 kBankAc = 1u << 4;  // of the supervisor's two TLB banks the one for EFLAGS.AC set
inline constexpr u32 kSseUsable = 1u << 6, kAvxUsable = 1u << 7, kX87Usable = 1u << 8, kSimdMasked = 1u << 9;
// Outside 64-bit mode: ES, CS, SS or DS has a base or a limit or is not plain data, so that each access is checked; SP has 16 bits.
inline constexpr u32 kSegmented = 1u << 10, kStack16 = 1u << 11;
inline constexpr u32 kModeKeys = 4096;

// ES, SS and DS are data that may be written, from 0 to 4 GiB, CS is as wide: addresses are offsets.
bool isFlat(const Context& ctx);

inline u32 segmentKey(const Context& ctx) {
  if (ctx.codeMode == isa::CodeMode::Bits64) return 0;
  return (isFlat(ctx) ? 0 : kSegmented) | (ctx.stackSize == 2 ? kStack16 : 0);
}

inline u32 modeKey(const Context& ctx) {
  constexpr u64 kAvxStates = kXcr0Sse | kXcr0Avx;
  const u64 cr0 = ctx.arch.cr0, cr4 = ctx.arch.cr4;
  const bool sse = !(cr0 & (kCr0Em | kCr0Ts)) && (cr4 & kCr4Osfxsr);
  const bool avx = !(cr0 & kCr0Ts) && (cr4 & kCr4Osxsave) && (ctx.arch.xcr0 & kAvxStates) == kAvxStates;
  const bool x87 = !(cr0 & (kCr0Em | kCr0Ts)) && (ctx.native.area<u16>(kXsFcw) & 0x3f) == 0x3f;
  const bool simd = (ctx.native.guestMxcsr() & (kMxcsrMasks | 0xffff0000)) == kMxcsrMasks;
  return ctx.modeKey | static_cast<u32>(ctx.tlb.bank()) << 4 | (sse ? kSseUsable : 0) |
         (avx ? kAvxUsable : 0) | (x87 ? kX87Usable : 0) | (simd ? kSimdMasked : 0) | segmentKey(ctx);
}

static_assert(static_cast<u32>(mmu::TlbBank::Supervisor) == 0 &&
              static_cast<u32>(mmu::TlbBank::SupervisorAc) << 4 == kBankAc);
inline mmu::TlbBank bankOf(u32 modeKey) { return static_cast<mmu::TlbBank>(modeKey >> 4 & 3); }

// Whether compiled code may run now. (What asks for single steps never comes here.)
inline bool mayRun(const Context& ctx) { return !ctx.alignmentChecks && !ctx.watchData; }

// The code segment as compiled code has it built in. 64-bit code has none.
struct CodeSegment {
  u32 base = 0, limit = 0xffffffff;
  bool operator==(const CodeSegment&) const = default;
  u64 number() const { return u64{base} << 32 | limit; }
};
inline CodeSegment codeSegment(const Context& ctx) {
  if (ctx.codeMode == isa::CodeMode::Bits64) return {};
  const SegmentRegister& cs = ctx.arch.segment[isa::kCs];
  return {static_cast<u32>(cs.base), cs.limit};
}

}  // namespace duet::tcg::baseline
