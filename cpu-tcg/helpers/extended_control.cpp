// XCR0 and PKRU.
#include "core/base/bits.h"
#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/system_registers.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

void writePair(Context& ctx, u64 value) {
  ctx.arch.gpr[kRax] = value & 0xffffffff;
  ctx.arch.gpr[kRdx] = value >> 32;
}

u32 ecx(const Context& ctx) { return static_cast<u32>(ctx.arch.gpr[kRcx]); }

}  // namespace

void Xgetbv::run(Context& ctx, const isa::Insn&) {
  if (!(ctx.arch.cr4 & kCr4Osxsave)) raiseUd(ctx);
  if (ecx(ctx) == 0) return writePair(ctx, ctx.arch.xcr0);
  if (ecx(ctx) != 1 || !ctx.env->model.has(Feature::Xgetbv1)) raiseGp0(ctx);
  u64 inUse = componentsInUse(ctx);
  if (ctx.native.guestMxcsr() != kMxcsrDefault) inUse |= kXcr0Sse;  // as processors do
  writePair(ctx, ctx.arch.xcr0 & inUse);
}

void Xsetbv::run(Context& ctx, const isa::Insn&) {
  if (!(ctx.arch.cr4 & kCr4Osxsave)) raiseUd(ctx);
  if (ctx.cpl > 0) raiseGp0(ctx);
  const u64 value = (ctx.arch.gpr[kRdx] << 32) | (ctx.arch.gpr[kRax] & 0xffffffff);
  const bool avxAlone = (value & (kXcr0Avx | kXcr0Sse)) == kXcr0Avx;
  if (ecx(ctx) != 0 || !(value & kXcr0X87) || avxAlone || (value & ~ctx.env->model.supportedXcr0()))
    raiseGp0(ctx);
  ctx.arch.xcr0 = value;
  updateMode(ctx);
  ctx.leave |= kLeaveCode;
}

void Rdpkru::run(Context& ctx, const isa::Insn&) {
  if (!(ctx.arch.cr4 & kCr4Pke)) raiseUd(ctx);
  if (ecx(ctx) != 0) raiseGp0(ctx);
  writePair(ctx, pkru(ctx));
}

void Wrpkru::run(Context& ctx, const isa::Insn&) {
  if (!(ctx.arch.cr4 & kCr4Pke)) raiseUd(ctx);
  if (ecx(ctx) != 0 || static_cast<u32>(ctx.arch.gpr[kRdx]) != 0) raiseGp0(ctx);
  setPkru(ctx, static_cast<u32>(ctx.arch.gpr[kRax]));
}

}  // namespace duet::tcg
