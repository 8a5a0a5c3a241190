// Whether an instruction's execution unit may be used now: #UD and #NM (SDM vol. 3 table 2-2 for x87 and
// MMX, vol. 2 2.4 for SSE and AVX). #MF is left to whoever runs the instruction.
#pragma once

#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {

enum class Unit : u8 { None, Fpu, Mmx, Sse, Avx };

inline Unit unitOf(const isa::Row& row) {
  if (row.has(isa::kAttrAvx)) return Unit::Avx;
  if (row.has(isa::kAttrSse)) return Unit::Sse;
  if (row.has(isa::kAttrMmx)) return Unit::Mmx;
  if (row.has(isa::kAttrFpu)) return Unit::Fpu;
  return Unit::None;
}

// The state components that an instruction of the unit may change. A register that gets its own value back counts as
// changed (as Zen 4 does), so using the unit is enough.
template <Unit U>
inline constexpr u64 kComponentsOf = U == Unit::Avx   ? kXcr0Sse | kXcr0Avx
                                     : U == Unit::Sse ? kXcr0Sse
                                                      : kXcr0X87;

template <Unit U>
void checkUnit(Context& ctx) {
  if constexpr (U != Unit::None) ctx.xrstor.components &= ~kComponentsOf<U>;
  const u64 cr0 = ctx.arch.cr0, cr4 = ctx.arch.cr4;
  if constexpr (U == Unit::Fpu) {
    if (cr0 & (kCr0Em | kCr0Ts)) raise(ctx, kExcNM);
  } else if constexpr (U == Unit::Mmx) {
    if (cr0 & kCr0Em) raiseUd(ctx);
    if (cr0 & kCr0Ts) raise(ctx, kExcNM);
  } else if constexpr (U == Unit::Sse) {
    if ((cr0 & kCr0Em) || !(cr4 & kCr4Osfxsr)) raiseUd(ctx);
    if (cr0 & kCr0Ts) raise(ctx, kExcNM);
  } else if constexpr (U == Unit::Avx) {
    constexpr u64 kStates = kXcr0Sse | kXcr0Avx;
    if (!(cr4 & kCr4Osxsave) || (ctx.arch.xcr0 & kStates) != kStates) raiseUd(ctx);
    if (cr0 & kCr0Ts) raise(ctx, kExcNM);
  }
}

inline void checkUnit(Context& ctx, Unit unit) {
  if (unit == Unit::Avx) checkUnit<Unit::Avx>(ctx);
  if (unit == Unit::Sse) checkUnit<Unit::Sse>(ctx);
  if (unit == Unit::Mmx) checkUnit<Unit::Mmx>(ctx);
  if (unit == Unit::Fpu) checkUnit<Unit::Fpu>(ctx);
}

}  // namespace duet::tcg
