// Far CALL and JMP (SDM vol. 2A "CALL", "JMP").
#include "core/base/bits.h"
#include "cpu-tcg/helpers/far_transfer.h"
#include "cpu-tcg/helpers/operands.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/helpers/task_switch.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

enum class Kind : u8 { Jump, Call };

TaskSwitchCause taskCause(Kind kind) {
  return kind == Kind::Call ? TaskSwitchCause::Call : TaskSwitchCause::Jump;
}

void pushReturnAddress(Context& ctx, StackFrame& stack, unsigned size) {
  stack.push(ctx.arch.segment[kSegCs].selector, size);
  stack.push(ctx.nextRip, size);
}

// Jumps within the privilege level, pushing the return address first for a call.
void transfer(Context& ctx, Kind kind, const FarTarget& target, unsigned size) {
  CpuState& a = ctx.arch;
  if (kind == Kind::Call) {
    StackFrame stack = StackFrame::current(ctx);
    checkTarget(ctx, target.cs, target.rip);
    pushReturnAddress(ctx, stack, size);
    a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  } else {
    checkTarget(ctx, target.cs, target.rip);
  }
  commitCode(ctx, target);
}

void realModeTransfer(Context& ctx, Kind kind, const FarPointer& to, unsigned size) {
  const SegmentRegister cs = realModeSegment(ctx, ctx.arch.segment[kSegCs], to.selector);
  transfer(ctx, kind, {cs, to.offset}, size);
}

void directTransfer(Context& ctx, Kind kind, const FarPointer& to, Descriptor& d, unsigned size) {
  const bool levelOk =
      d.conforming() ? d.dpl() <= ctx.cpl : rpl(to.selector) <= ctx.cpl && d.dpl() == ctx.cpl;
  if (!levelOk) raiseSelector(ctx, kExcGP, to.selector);
  checkCodeBits(ctx, d, to.selector);
  if (!d.present()) raiseSelector(ctx, kExcNP, to.selector);
  markAccessed(ctx, d);
  const SegmentRegister cs = codeSegment(d, to.selector, ctx.cpl);
  const u64 rip = is64BitCode(ctx, cs) ? to.offset : to.offset & 0xffffffff;
  transfer(ctx, kind, {cs, rip}, size);
}

struct Gate {
  u16 codeSelector;
  u64 offset;
  unsigned size;        // of pushed words
  unsigned parameters;  // words to copy from the caller's stack
};

// Call to a more privileged level: stack of the TSS, parameters copied.
void callInner(Context& ctx, const Gate& gate, Descriptor& code) {
  CpuState& a = ctx.arch;
  const unsigned cpl = code.dpl();
  const SegmentRegister oldSs = a.segment[kSegSs];
  const u64 oldSp = a.gpr[kRsp];
  const FarTarget target{codeSegment(code, gate.codeSelector, cpl), gate.offset};
  if (ctx.longMode) {
    StackFrame stack(ctx, oldSs, stackPointer64(ctx, cpl, false), 8, true, 0);
    checkTarget(ctx, target.cs, target.rip);
    markAccessed(ctx, code);
    stack.push(oldSs.selector, 8);
    stack.push(oldSp, 8);
    pushReturnAddress(ctx, stack, 8);
    a.segment[kSegSs] = nullStackSegment(cpl, static_cast<u16>(cpl));
    a.gpr[kRsp] = stack.sp();
    return commitCode(ctx, target);
  }
  const InnerStack inner = innerStack(ctx, cpl, false);
  StackFrame stack(ctx, inner.ss, inner.sp, inner.ss.attributes & kSegDb ? 4 : 2, true,
                   inner.ss.selector & 0xfffcu);
  checkTarget(ctx, target.cs, target.rip);
  markAccessed(ctx, code);
  u64 parameters[31];
  StackFrame caller = StackFrame::current(ctx);
  for (unsigned i = 0; i < gate.parameters; ++i) parameters[i] = caller.pop(gate.size);
  stack.push(oldSs.selector, gate.size);
  stack.push(oldSp, gate.size);
  for (unsigned i = gate.parameters; i-- > 0;) stack.push(parameters[i], gate.size);
  pushReturnAddress(ctx, stack, gate.size);
  a.segment[kSegSs] = inner.ss;
  a.gpr[kRsp] = stack.merged(oldSp);
  commitCode(ctx, target);
}

void throughCallGate(Context& ctx, Kind kind, u16 selector, Descriptor& g) {
  if (ctx.longMode) fetchUpperHalf(ctx, g, selector, kExcGP);
  const bool narrow = g.type() == kTypeCallGate16;
  const Gate gate{g.gateSelector(), narrow ? g.gateOffset() & 0xffff : g.gateOffset(),
                  ctx.longMode ? 8u
                  : narrow     ? 2u
                               : 4u,
                  ctx.longMode ? 0 : g.high & 31};
  if (isNull(gate.codeSelector)) raiseGp0(ctx);
  Descriptor code = fetchDescriptor(ctx, gate.codeSelector, kExcGP);
  if (!code.isCode() || code.dpl() > ctx.cpl) raiseSelector(ctx, kExcGP, gate.codeSelector);
  if (ctx.longMode && (!code.longCode() || code.big())) raiseSelector(ctx, kExcGP, gate.codeSelector);
  const bool inner = !code.conforming() && code.dpl() < ctx.cpl;
  if (inner && kind == Kind::Jump) raiseSelector(ctx, kExcGP, gate.codeSelector);
  if (!code.present()) raiseSelector(ctx, kExcNP, gate.codeSelector);
  if (inner) return callInner(ctx, gate, code);
  markAccessed(ctx, code);
  transfer(ctx, kind, {codeSegment(code, gate.codeSelector, ctx.cpl), gate.offset}, gate.size);
}

void systemTransfer(Context& ctx, Kind kind, u16 selector, Descriptor& d) {
  const unsigned type = d.type();
  const bool callGate = type == kTypeCallGate32 || (type == kTypeCallGate16 && !ctx.longMode);
  const bool taskGate = type == kTypeTaskGate && !ctx.longMode;
  const bool tss = (type == kTypeTss16 || type == kTypeTss32) && !ctx.longMode;
  if (!callGate && !taskGate && !tss) raiseSelector(ctx, kExcGP, selector);
  if (d.dpl() < ctx.cpl || d.dpl() < rpl(selector)) raiseSelector(ctx, kExcGP, selector);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector);
  if (callGate) return throughCallGate(ctx, kind, selector, d);
  switchTask(ctx, taskGate ? d.gateSelector() : selector, taskCause(kind));
}

void farTransfer(Context& ctx, const isa::Insn& insn, Kind kind) {
  FarPointer to = readFarPointer(ctx, insn, 0);
  const unsigned size = insn.opSize;  // of what is pushed: REX.W widens that on AMD's processors too
  if (size == 2) to.offset &= 0xffff;
  if (!ctx.protectedMode) return realModeTransfer(ctx, kind, to, size);
  if (isNull(to.selector)) raiseGp0(ctx);
  Descriptor d = fetchDescriptor(ctx, to.selector, kExcGP);
  if (d.isSystem()) return systemTransfer(ctx, kind, to.selector, d);
  if (!d.isCode()) raiseSelector(ctx, kExcGP, to.selector);
  directTransfer(ctx, kind, to, d, size);
}

}  // namespace

void FarCall::run(Context& ctx, const isa::Insn& insn) { farTransfer(ctx, insn, Kind::Call); }
void FarJmp::run(Context& ctx, const isa::Insn& insn) { farTransfer(ctx, insn, Kind::Jump); }

}  // namespace duet::tcg
