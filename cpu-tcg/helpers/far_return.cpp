// Far RET and IRET (SDM vol. 2 "RET", "IRET").
#include "core/base/bits.h"
#include "cpu-tcg/helpers/far_transfer.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/helpers/task_switch.h"
#include "cpu-tcg/helpers/virtual_8086.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u64 kStatusFlags = kFlagsArithmetic | kFlagTf | kFlagDf | kFlagNt;

// The code segment a return goes to, checked; its privilege level is the selector's RPL.
struct ReturnCode {
  Descriptor descriptor;
  u16 selector;
  unsigned cpl;
};

ReturnCode checkReturnCode(Context& ctx, u16 selector) {
  if (isNull(selector)) raiseGp0(ctx);
  ReturnCode r{fetchDescriptor(ctx, selector, kExcGP), selector, rpl(selector)};
  const Descriptor& d = r.descriptor;
  if (!d.isCode() || r.cpl < ctx.cpl) raiseSelector(ctx, kExcGP, selector);
  if (d.conforming() ? d.dpl() > r.cpl : d.dpl() != r.cpl) raiseSelector(ctx, kExcGP, selector);
  checkCodeBits(ctx, d, selector);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector);
  return r;
}

// SS for the level returned to. Null is good for 64-bit code below level 3.
SegmentRegister checkReturnStack(Context& ctx, u16 selector, const ReturnCode& code) {
  if (isNull(selector)) {
    const bool allowed =
        ctx.longMode && code.descriptor.longCode() && code.cpl != 3 && rpl(selector) == code.cpl;
    if (!allowed) raiseGp0(ctx);
    return nullStackSegment(code.cpl, selector);
  }
  return checkedStackSegment(ctx, selector, code.cpl, kExcGP, false);
}

unsigned stackSizeOf(const Context& ctx, const ReturnCode& code, const SegmentRegister& ss) {
  if (ctx.longMode && code.descriptor.longCode()) return 8;
  return ss.attributes & kSegDb ? 4 : 2;
}

u64 mergeStackPointer(u64 old, u64 sp, unsigned size) {
  return size == 8 ? sp : size == 4 ? sp & 0xffffffff : (old & ~u64{0xffff}) | (sp & 0xffff);
}

// AMD's processors check all of a 64-bit RIP against the limit (seen on Zen 4).
u64 targetRip(const Context& ctx, const ReturnCode& code, u64 rip) {
  if (ctx.amd) return rip;
  return ctx.longMode && code.descriptor.longCode() ? rip : rip & 0xffffffff;
}

void returnRealMode(Context& ctx, unsigned size, u64 release) {
  StackFrame stack = StackFrame::current(ctx);
  const u64 rip = stack.pop(size);
  const u16 selector = static_cast<u16>(stack.pop(size));
  const FarTarget target{realModeSegment(ctx, ctx.arch.segment[kSegCs], selector), rip};
  checkTarget(ctx, target.cs, target.rip);
  stack.skip(release);
  ctx.arch.gpr[kRsp] = stack.merged(ctx.arch.gpr[kRsp]);
  commitCode(ctx, target);
}

void farReturn(Context& ctx, unsigned size, u64 release) {
  CpuState& a = ctx.arch;
  StackFrame stack = StackFrame::current(ctx);
  const u64 poppedRip = stack.pop(size);
  ReturnCode code = checkReturnCode(ctx, static_cast<u16>(stack.pop(size)));
  const FarTarget target{codeSegment(code.descriptor, code.selector, code.cpl),
                         targetRip(ctx, code, poppedRip)};
  stack.skip(release);
  if (code.cpl == ctx.cpl) {
    checkTarget(ctx, target.cs, target.rip);
    markAccessed(ctx, code.descriptor);
    a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
    return commitCode(ctx, target);
  }
  const u64 sp = stack.pop(size);
  const SegmentRegister ss = checkReturnStack(ctx, static_cast<u16>(stack.pop(size)), code);
  checkTarget(ctx, target.cs, target.rip);
  markAccessed(ctx, code.descriptor);
  const unsigned spSize = stackSizeOf(ctx, code, ss);
  a.gpr[kRsp] = mergeStackPointer(a.gpr[kRsp], sp, spSize);
  a.gpr[kRsp] = mergeStackPointer(a.gpr[kRsp], a.gpr[kRsp] + release, spSize);
  a.segment[kSegSs] = ss;
  commitCode(ctx, target);
  dropInnerSegments(ctx);
}

// Flags that IRET may change at `cpl` with I/O privilege level `iopl`.
u64 iretMask(const Context& ctx, unsigned size) {
  const unsigned iopl = static_cast<unsigned>(bits(ctx.arch.rflags, 13, 12));
  u64 mask = kStatusFlags;
  if (size >= 4) mask |= kFlagRf | kFlagAc | kFlagId;
  if (ctx.cpl <= iopl) mask |= kFlagIf;
  if (ctx.cpl == 0) {
    mask |= kFlagIopl;
    if (size >= 4) mask |= kFlagVif | kFlagVip;
  }
  return mask;
}

void mergeFlags(Context& ctx, u64 flags, u64 mask) {
  writeFlags(ctx, (readFlags(ctx) & ~mask) | (flags & mask));
}

void iretRealMode(Context& ctx, unsigned size) {
  StackFrame stack = StackFrame::current(ctx);
  const u64 rip = stack.pop(size);
  const u16 selector = static_cast<u16>(stack.pop(size));
  const u64 flags = stack.pop(size);
  const bool virtualIf = ctx.v86 && ioPrivilegeLevel(ctx) < 3;
  if (virtualIf) checkVirtualFlags(ctx, flags);
  const FarTarget target{realModeSegment(ctx, ctx.arch.segment[kSegCs], selector), rip};
  checkTarget(ctx, target.cs, target.rip);
  ctx.arch.gpr[kRsp] = stack.merged(ctx.arch.gpr[kRsp]);
  if (virtualIf) {
    loadVirtualFlags(ctx, flags);
    return commitCode(ctx, target);
  }
  u64 mask = kStatusFlags | kFlagIf;
  if (!ctx.v86) mask |= kFlagIopl;
  if (size >= 4) mask |= kFlagRf | kFlagAc | kFlagId;
  mergeFlags(ctx, flags, mask);
  commitCode(ctx, target);
}

void iretToVirtual8086(Context& ctx, StackFrame& stack, u64 rip, u16 cs, u64 flags) {
  CpuState& a = ctx.arch;
  const u64 sp = stack.pop(4);
  u16 selector[6] = {};
  selector[kSegCs] = cs;
  for (const SegmentIndex seg : {kSegSs, kSegEs, kSegDs, kSegFs, kSegGs})
    selector[seg] = static_cast<u16>(stack.pop(4));
  if (rip > 0xffff) raiseGp0(ctx);
  for (unsigned i = 0; i < 6; ++i)
    a.segment[i] = {selector[i], u64{selector[i]} << 4, 0xffff, kVirtual8086Segment};
  a.gpr[kRsp] = sp;
  mergeFlags(ctx, flags, 0x3f7fd5);
  commitCode(ctx, {a.segment[kSegCs], rip});
}

void iretProtected(Context& ctx, unsigned size) {
  CpuState& a = ctx.arch;
  const bool from64 = ctx.codeMode == isa::CodeMode::Bits64;
  StackFrame stack = StackFrame::current(ctx);
  const u64 poppedRip = stack.pop(size);
  const u16 selector = static_cast<u16>(stack.pop(size));
  const u64 flags = stack.pop(size);
  if ((flags & kFlagVm) && size == 4 && ctx.cpl == 0 && !ctx.longMode)
    return iretToVirtual8086(ctx, stack, poppedRip, selector, flags);
  ReturnCode code = checkReturnCode(ctx, selector);
  const FarTarget target{codeSegment(code.descriptor, selector, code.cpl), targetRip(ctx, code, poppedRip)};
  const u64 mask = iretMask(ctx, size);
  const bool outer = code.cpl != ctx.cpl;
  SegmentRegister ss = a.segment[kSegSs];
  u64 sp = stack.merged(a.gpr[kRsp]);
  if (outer || from64) {
    const u64 popped = stack.pop(size);
    ss = checkReturnStack(ctx, static_cast<u16>(stack.pop(size)), code);
    sp = mergeStackPointer(a.gpr[kRsp], popped, stackSizeOf(ctx, code, ss));
  }
  checkTarget(ctx, target.cs, target.rip);
  markAccessed(ctx, code.descriptor);
  a.gpr[kRsp] = sp;
  a.segment[kSegSs] = ss;
  mergeFlags(ctx, flags, mask);
  commitCode(ctx, target);
  if (outer) dropInnerSegments(ctx);
}

}  // namespace

void FarRet::run(Context& ctx, const isa::Insn& insn) {
  const u64 release = insn.op[0].kind == isa::OperandKind::Immediate ? insn.imm & 0xffff : 0;
  if (ctx.protectedMode)
    farReturn(ctx, insn.opSize, release);
  else
    returnRealMode(ctx, insn.opSize, release);
}

void Iret::run(Context& ctx, const isa::Insn& insn) {
  // NMIs come again even when the IRET itself faults (SDM vol. 3 6.7.1).
  if (ctx.arch.nmiBlocked) {
    ctx.arch.nmiBlocked = false;
    ctx.leave |= kLeaveEvents;
  }
  if (ctx.v86 && ioPrivilegeLevel(ctx) < 3) requireVirtualFlags(ctx, insn.opSize);
  if (!ctx.protectedMode) return iretRealMode(ctx, insn.opSize);
  if (ctx.arch.rflags & kFlagNt) {
    if (ctx.longMode) raiseGp0(ctx);
    return returnFromTask(ctx);
  }
  iretProtected(ctx, insn.opSize);
}

}  // namespace duet::tcg
