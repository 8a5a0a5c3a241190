// MXCSR and the x87 instructions that move control state (SDM vol. 1 8.1, 8.3.10).
#include "cpu-tcg/helpers/fpu_error.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg {

namespace {

void requireX87(Context& ctx) {
  ctx.xrstor.components &= ~kXcr0X87;
  if (ctx.arch.cr0 & (kCr0Em | kCr0Ts)) raise(ctx, kExcNM);
}

void requireX87Idle(Context& ctx) {
  requireX87(ctx);
  checkX87Error(ctx);
}

void requireSse(Context& ctx, const isa::Insn& insn) {
  ctx.xrstor.components &= ~kXcr0Sse;
  if (insn.row->vex) {
    constexpr u64 kStates = kXcr0Sse | kXcr0Avx;
    if (!(ctx.arch.cr4 & kCr4Osxsave) || (ctx.arch.xcr0 & kStates) != kStates) raiseUd(ctx);
  } else if ((ctx.arch.cr0 & kCr0Em) || !(ctx.arch.cr4 & kCr4Osfxsr)) {
    raiseUd(ctx);
  }
  if (ctx.arch.cr0 & kCr0Ts) raise(ctx, kExcNM);
}

// An environment or image is a row of words or doublewords, and is to be aligned like those.
LinearAddr operandAddress(Context& ctx, const isa::Insn& insn, u32 size, bool write) {
  const LinearAddr at = linearAddress(ctx, insn.mem.segment, operandOffset(ctx, insn), size, write);
  const u64 unaligned = at.value & (insn.opSize == 2 ? 1 : 3);
  if (ctx.alignmentChecks && unaligned) raiseCode(ctx, kExcAC, 0);
  return at;
}

void store16(Context& ctx, const isa::Insn& insn, u16 value) {
  store<u16>(ctx, insn.mem.segment, operandOffset(ctx, insn), value);
}

}  // namespace

void Ldmxcsr::run(Context& ctx, const isa::Insn& insn) {
  requireSse(ctx, insn);
  const u32 value = load<u32>(ctx, insn.mem.segment, operandOffset(ctx, insn));
  if (value & ~ctx.native.rules.mxcsrMask) raiseGp0(ctx);
  ctx.native.setGuestMxcsr(value);
}

void Stmxcsr::run(Context& ctx, const isa::Insn& insn) {
  requireSse(ctx, insn);
  store<u32>(ctx, insn.mem.segment, operandOffset(ctx, insn), ctx.native.guestMxcsr());
}

void Fnstenv::run(Context& ctx, const isa::Insn& insn) {
  requireX87(ctx);
  const bool size16 = insn.opSize == 2;
  const u32 size = environmentSize(size16);
  const LinearAddr at = operandAddress(ctx, insn, size, true);
  u8 image[28];
  storeEnvironment(ctx.native, image, size16, ctx.protectedMode);
  storeBytes(ctx, at, image, size);
  maskAllX87(ctx.native);
  x87ErrorMayBeGone(ctx);
}

void Fldenv::run(Context& ctx, const isa::Insn& insn) {
  requireX87Idle(ctx);
  const bool size16 = insn.opSize == 2;
  const u32 size = environmentSize(size16);
  u8 image[28];
  loadBytes(ctx, operandAddress(ctx, insn, size, false), image, size);
  loadEnvironment(ctx.native, image, size16, ctx.protectedMode);
  x87ErrorMayBeGone(ctx);
}

void Fnsave::run(Context& ctx, const isa::Insn& insn) {
  requireX87(ctx);
  const bool size16 = insn.opSize == 2;
  const u32 size = x87ImageSize(size16);
  const LinearAddr at = operandAddress(ctx, insn, size, true);
  u8 image[108];
  storeX87(ctx.native, image, size16, ctx.protectedMode);
  storeBytes(ctx, at, image, size);
  initializeX87(ctx.native);
  x87ErrorMayBeGone(ctx);
}

void Frstor::run(Context& ctx, const isa::Insn& insn) {
  requireX87Idle(ctx);
  const bool size16 = insn.opSize == 2;
  const u32 size = x87ImageSize(size16);
  u8 image[108];
  loadBytes(ctx, operandAddress(ctx, insn, size, false), image, size);
  loadX87(ctx.native, image, size16, ctx.protectedMode);
  x87ErrorMayBeGone(ctx);
}

void Fninit::run(Context& ctx, const isa::Insn&) {
  requireX87(ctx);
  initializeX87(ctx.native);
  x87ErrorMayBeGone(ctx);
}

void Fnclex::run(Context& ctx, const isa::Insn&) {
  requireX87(ctx);
  clearExceptions(ctx.native);
  x87ErrorMayBeGone(ctx);
}

void Fnstcw::run(Context& ctx, const isa::Insn& insn) {
  requireX87(ctx);
  store16(ctx, insn, controlWord(ctx.native));
}

void Fldcw::run(Context& ctx, const isa::Insn& insn) {
  requireX87Idle(ctx);
  setControlWord(ctx.native, load<u16>(ctx, insn.mem.segment, operandOffset(ctx, insn)));
  x87ErrorMayBeGone(ctx);
}

void FnstswAx::run(Context& ctx, const isa::Insn&) {
  requireX87(ctx);
  writeGpr(ctx, kRax, 2, statusWord(ctx.native));
}

void FnstswMem::run(Context& ctx, const isa::Insn& insn) {
  requireX87(ctx);
  store16(ctx, insn, statusWord(ctx.native));
}

void Fwait::run(Context& ctx, const isa::Insn&) {
  constexpr u64 kBoth = kCr0Mp | kCr0Ts;
  if ((ctx.arch.cr0 & kBoth) == kBoth) raise(ctx, kExcNM);
  checkX87Error(ctx);
}

}  // namespace duet::tcg
