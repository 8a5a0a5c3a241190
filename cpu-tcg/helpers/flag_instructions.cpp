// CLI, STI, CLAC, STAC, PUSHF, POPF: what may change by CPL, IOPL and mode.
#include "core/base/bits.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/processor.h"
#include "cpu-tcg/helpers/virtual_8086.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

void requireIopl(Context& ctx) {
  if ((ctx.arch.cr0 & kCr0Pe) && ctx.cpl > ioPrivilegeLevel(ctx)) raiseGp0(ctx);
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
  if (interruptFlagIsVirtual(ctx)) {
    ctx.arch.rflags &= ~u64{kFlagVif};
    return;
  }
  requireIopl(ctx);
  ctx.arch.rflags &= ~u64{kFlagIf};
}

void Sti::run(Context& ctx, const isa::Insn&) {
  if (interruptFlagIsVirtual(ctx)) {
    if (ctx.arch.rflags & kFlagVip) raiseGp0(ctx);  // the monitor has an interrupt waiting
    ctx.arch.rflags |= kFlagVif;
    return;
  }
  requireIopl(ctx);
  // The shadow covers one instruction, and only when interrupts were off (SDM vol. 2B "STI").
  if (ctx.arch.rflags & kFlagIf) return;
  ctx.arch.rflags |= kFlagIf;
  ctx.arch.interruptShadow = InterruptShadow::Sti;
  ctx.leave |= kLeaveFlags;
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
  u64 image = readFlags(ctx) & ~u64{kFlagVm | kFlagRf};
  if (ctx.v86 && ioPrivilegeLevel(ctx) < 3) {
    requireVirtualFlags(ctx, insn.opSize);
    image = virtualFlagsImage(image);
  }
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
  const bool virtualIf = ctx.v86 && ioPrivilegeLevel(ctx) < 3;
  if (virtualIf) requireVirtualFlags(ctx, insn.opSize);
  const u64 sp = stackPointer(ctx);
  u64 image;
  if (insn.opSize == 2)
    image = loadStack<u16>(ctx, sp);
  else if (insn.opSize == 4)
    image = loadStack<u32>(ctx, sp);
  else
    image = loadStack<u64>(ctx, sp);
  if (virtualIf) {
    checkVirtualFlags(ctx, image);
    loadVirtualFlags(ctx, image);
    return setStackPointer(ctx, sp + 2);
  }
  u64 mask = kFlagsArithmetic | kFlagTf | kFlagDf | kFlagNt;
  if (insn.opSize >= 4) mask |= kFlagAc | kFlagId | kFlagRf;
  if (ctx.cpl <= ioPrivilegeLevel(ctx) || !(ctx.arch.cr0 & kCr0Pe)) mask |= kFlagIf;
  if (ctx.cpl == 0) mask |= kFlagIopl;
  image &= ~u64{kFlagRf};
  writeFlags(ctx, (readFlags(ctx) & ~mask) | (image & mask));
  setStackPointer(ctx, sp + insn.opSize);
}

}  // namespace duet::tcg
