// CLI, STI, CLAC, STAC, PUSHF, POPF: what may change by CPL, IOPL and mode.
#include "core/base/bits.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

unsigned iopl(const Context& ctx) { return static_cast<unsigned>(bits(ctx.arch.rflags, 13, 12)); }

void requireIopl(Context& ctx) {
  if ((ctx.arch.cr0 & kCr0Pe) && ctx.cpl > iopl(ctx)) raiseGp0(ctx);
}

void requireSmap(Context& ctx) {
  if (ctx.cpl > 0) raiseUd(ctx);
}

void setAc(Context& ctx, bool on) {
  const u64 flags = readFlags(ctx);
  writeFlags(ctx, on ? flags | kFlagAc : flags & ~u64{kFlagAc});
}

}  // namespace

void Cli::run(Context& ctx, const isa::Insn&) {
  requireIopl(ctx);
  ctx.arch.rflags &= ~u64{kFlagIf};
}

void Sti::run(Context& ctx, const isa::Insn&) {
  requireIopl(ctx);
  // The shadow covers one instruction, and only when interrupts were off (SDM vol. 2B "STI").
  if (ctx.arch.rflags & kFlagIf) return;
  ctx.arch.rflags |= kFlagIf;
  ctx.arch.interruptShadow = InterruptShadow::Sti;
  ctx.leave |= kLeaveEvents;
}

void Clac::run(Context& ctx, const isa::Insn&) {
  requireSmap(ctx);
  setAc(ctx, false);
}

void Stac::run(Context& ctx, const isa::Insn&) {
  requireSmap(ctx);
  setAc(ctx, true);
}

void Pushf::run(Context& ctx, const isa::Insn& insn) {
  if (ctx.v86 && iopl(ctx) < 3) raiseGp0(ctx);
  const u64 image = readFlags(ctx) & ~u64{kFlagVm | kFlagRf};
  const u64 sp = stackPointer(ctx) - insn.opSize;
  if (insn.opSize == 2)
    storeStack<u16>(ctx, sp, static_cast<u16>(image));
  else if (insn.opSize == 4)
    storeStack<u32>(ctx, sp, static_cast<u32>(image));
  else
    storeStack<u64>(ctx, sp, image);
  setStackPointer(ctx, sp);
}

void Popf::run(Context& ctx, const isa::Insn& insn) {
  if (ctx.v86 && iopl(ctx) < 3) raiseGp0(ctx);
  const u64 sp = stackPointer(ctx);
  u64 image;
  if (insn.opSize == 2)
    image = loadStack<u16>(ctx, sp);
  else if (insn.opSize == 4)
    image = loadStack<u32>(ctx, sp);
  else
    image = loadStack<u64>(ctx, sp);
  u64 mask = kFlagsArithmetic | kFlagTf | kFlagDf | kFlagNt;
  if (insn.opSize >= 4) mask |= kFlagAc | kFlagId | kFlagRf;
  if (ctx.cpl <= iopl(ctx) || !(ctx.arch.cr0 & kCr0Pe)) mask |= kFlagIf;
  if (ctx.cpl == 0) mask |= kFlagIopl;
  image &= ~u64{kFlagRf};
  writeFlags(ctx, (readFlags(ctx) & ~mask) | (image & mask));
  setStackPointer(ctx, sp + insn.opSize);
}

}  // namespace duet::tcg
