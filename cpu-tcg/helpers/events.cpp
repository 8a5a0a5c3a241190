// Delivery of interrupts and exceptions through the IVT or IDT (SDM vol. 3 chapter 6, vol. 2 "INT n").
#include "core/base/bits.h"
#include "core/base/log.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/helpers/task_switch.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u64 kDr6Bd = 1u << 13;

// One delivery: what is wanted and where it goes.
struct Delivery {
  const PendingEvent& event;
  bool ext;           // EXT bit of error codes raised on the way
  u64 flags;          // image to push
  unsigned size = 4;  // of a pushed word
  bool interruptGate = false;
  Descriptor code = {};
  u16 codeSelector = 0;
  u64 offset = 0;
  unsigned ist = 0;

  u32 idtCode() const { return (u32{event.vector} << 3) | 2 | (ext ? 1 : 0); }
};

// Faults push RF = 1 so that the instruction's own breakpoint does not hit again after IRET; traps,
// interrupts and instruction breakpoints push what is there (SDM vol. 3 17.3.1.1).
u64 flagsImage(const Context& ctx, const PendingEvent& event) {
  const u64 flags = readFlags(ctx);
  if (event.type != EventType::Exception || event.vector == kExcDF || event.vector == kExcMC) return flags;
  if (event.vector == kExcDB && !(event.payload & kDr6Bd)) return flags;
  return flags | kFlagRf;
}

// CR2 and DR6 change when delivery begins, even if it then faults.
void commitPayload(Context& ctx, const PendingEvent& event) {
  if (event.type != EventType::Exception) return;
  if (event.vector == kExcPF) ctx.arch.cr2 = event.payload;
  if (event.vector == kExcDB) {
    // B0..B3 are those of this exception, the others stay until software clears them.
    if (event.payload != 0) ctx.arch.dr6 = (ctx.arch.dr6 & ~u64{0xf}) | event.payload;
    ctx.arch.dr7 &= ~u64{1u << 13};
    ctx.arch.msr.debugCtl &= ~(kDebugCtlLbr | kDebugCtlBtf);
  }
}

void clearFlags(Context& ctx, u64 mask) { writeFlags(ctx, readFlags(ctx) & ~mask); }

void deliverReal(Context& ctx, Delivery& d) {
  CpuState& a = ctx.arch;
  const u32 entry = u32{d.event.vector} * 4;
  if (entry + 3 > a.idtr.limit) raiseCode(ctx, kExcGP, 0);
  const u32 vector = loadSystem<u32>(ctx, systemAddress(ctx, a.idtr.base + entry));
  StackFrame stack = StackFrame::current(ctx);
  stack.push(d.flags, 2);
  stack.push(a.segment[kSegCs].selector, 2);
  stack.push(a.rip, 2);
  const SegmentRegister cs = realModeSegment(ctx, a.segment[kSegCs], static_cast<u16>(vector >> 16));
  a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  a.segment[kSegCs] = cs;
  a.rip = vector & 0xffff;
  clearFlags(ctx, kFlagIf | kFlagTf | kFlagRf | kFlagAc);
  updateMode(ctx);
}

// Reads and checks the gate and the code segment it names. True when it was a task gate, which has
// then been carried out.
bool openGate(Context& ctx, Delivery& d) {
  const CpuState& a = ctx.arch;
  const unsigned entrySize = ctx.longMode ? 16 : 8;
  const u32 entry = u32{d.event.vector} * entrySize;
  if (entry + entrySize - 1 > a.idtr.limit) raiseCode(ctx, kExcGP, d.idtCode());
  Descriptor gate;
  const u64 raw = loadSystem<u64>(ctx, systemAddress(ctx, a.idtr.base + entry));
  gate.low = static_cast<u32>(raw);
  gate.high = static_cast<u32>(raw >> 32);
  const bool task = gate.type() == kTypeTaskGate && !ctx.longMode;
  const bool wide = gate.type() == kTypeInterruptGate32 || gate.type() == kTypeTrapGate32;
  const bool narrow =
      (gate.type() == kTypeInterruptGate16 || gate.type() == kTypeTrapGate16) && !ctx.longMode;
  if (!gate.isSystem() || !(task || wide || narrow)) raiseCode(ctx, kExcGP, d.idtCode());
  if (d.event.type == EventType::SoftwareInterrupt && gate.dpl() < ctx.cpl)
    raiseCode(ctx, kExcGP, d.idtCode());
  if (!gate.present()) raiseCode(ctx, kExcNP, d.idtCode());
  if (task) {
    switchByGate(ctx, gate.gateSelector(), d.ext, d.event, d.flags);
    return true;
  }
  if (ctx.longMode) {
    const u64 upper = loadSystem<u64>(ctx, systemAddress(ctx, a.idtr.base + entry + 8));
    gate.baseHigh = static_cast<u32>(upper);
    d.ist = gate.high & 7;
  }
  d.size = ctx.longMode ? 8 : wide ? 4 : 2;
  d.interruptGate = gate.type() == kTypeInterruptGate32 || gate.type() == kTypeInterruptGate16;
  d.codeSelector = gate.gateSelector();
  // 286 gates have 16 bits of offset; what stands above is not looked at.
  d.offset = narrow ? gate.gateOffset() & 0xffff : gate.gateOffset();

  if (isNull(d.codeSelector)) raiseCode(ctx, kExcGP, d.ext ? 1 : 0);
  d.code = fetchDescriptor(ctx, d.codeSelector, kExcGP, d.ext);
  if (!d.code.isCode() || d.code.dpl() > ctx.cpl) raiseSelector(ctx, kExcGP, d.codeSelector, d.ext);
  if (ctx.longMode && (!d.code.longCode() || d.code.big())) raiseSelector(ctx, kExcGP, d.codeSelector, d.ext);
  if (!d.code.present()) raiseSelector(ctx, kExcNP, d.codeSelector, d.ext);
  return false;
}

void pushReturn(Context& ctx, const Delivery& d, StackFrame& stack) {
  stack.push(d.flags, d.size);
  stack.push(ctx.arch.segment[kSegCs].selector, d.size);
  stack.push(ctx.arch.rip, d.size);
  if (d.event.hasErrorCode) stack.push(d.event.errorCode, d.size);
}

void commitHandler(Context& ctx, const Delivery& d, unsigned cpl) {
  ctx.arch.segment[kSegCs] = codeSegment(d.code, d.codeSelector, cpl);
  ctx.arch.rip = d.offset;
  u64 cleared = kFlagTf | kFlagNt | kFlagRf | kFlagVm;
  if (d.interruptGate) cleared |= kFlagIf;
  clearFlags(ctx, cleared);
  updateMode(ctx);
}

// In IA-32e mode the frame is always SS, RSP, RFLAGS, CS, RIP of 8 bytes on a 16-byte aligned stack.
void deliverLong(Context& ctx, Delivery& d) {
  CpuState& a = ctx.arch;
  const unsigned cpl = d.code.conforming() ? ctx.cpl : d.code.dpl();
  const bool inner = cpl < ctx.cpl;
  u64 sp = a.gpr[kRsp];
  if (d.ist)
    sp = stackPointer64(ctx, d.ist + 3, d.ext);
  else if (inner)
    sp = stackPointer64(ctx, cpl, d.ext);
  else if (!isCanonical(ctx, sp))
    raiseCode(ctx, kExcSS, d.ext ? 1 : 0);
  if (!isCanonical(ctx, d.offset)) raiseCode(ctx, kExcGP, d.ext ? 1 : 0);
  const SegmentRegister oldSs = a.segment[kSegSs];
  markAccessed(ctx, d.code);
  StackFrame stack(ctx, oldSs, alignDown(sp, 16), 8, cpl < 3, d.ext ? 1 : 0);
  stack.push(oldSs.selector, 8);
  stack.push(a.gpr[kRsp], 8);
  pushReturn(ctx, d, stack);

  if (inner) a.segment[kSegSs] = nullStackSegment(cpl, static_cast<u16>(cpl));
  a.gpr[kRsp] = stack.sp();
  commitHandler(ctx, d, cpl);
}

// From virtual-8086 mode the data segments go on the stack too and become null.
void pushVirtual8086(Context& ctx, const Delivery& d, StackFrame& stack) {
  for (const SegmentIndex seg : {kSegGs, kSegFs, kSegDs, kSegEs})
    stack.push(ctx.arch.segment[seg].selector, d.size);
}

void deliverInner(Context& ctx, Delivery& d, unsigned cpl) {
  CpuState& a = ctx.arch;
  const bool fromV86 = ctx.v86;
  const InnerStack inner = innerStack(ctx, cpl, d.ext);
  const u32 code = (inner.ss.selector & 0xfffcu) | (d.ext ? 1 : 0);
  StackFrame stack(ctx, inner.ss, inner.sp, inner.ss.attributes & kSegDb ? 4 : 2, true, code);
  checkTarget(ctx, d.code.segment(d.codeSelector), d.offset, d.ext);
  markAccessed(ctx, d.code);
  if (fromV86) pushVirtual8086(ctx, d, stack);
  stack.push(a.segment[kSegSs].selector, d.size);
  stack.push(a.gpr[kRsp], d.size);
  pushReturn(ctx, d, stack);

  if (fromV86)
    for (const SegmentIndex seg : {kSegGs, kSegFs, kSegDs, kSegEs}) a.segment[seg] = {0, 0, 0, kSegUnusable};
  a.segment[kSegSs] = inner.ss;
  a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  commitHandler(ctx, d, cpl);
}

void deliverSameLevel(Context& ctx, Delivery& d) {
  CpuState& a = ctx.arch;
  StackFrame stack = StackFrame::current(ctx, d.ext ? 1 : 0);
  checkTarget(ctx, d.code.segment(d.codeSelector), d.offset, d.ext);
  markAccessed(ctx, d.code);
  pushReturn(ctx, d, stack);
  a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  commitHandler(ctx, d, ctx.cpl);
}

void deliverProtected(Context& ctx, Delivery& d) {
  if (openGate(ctx, d)) return;
  if (ctx.longMode) return deliverLong(ctx, d);
  const bool inner = !d.code.conforming() && d.code.dpl() < ctx.cpl;
  // Out of virtual-8086 mode only level 0 can be reached.
  if (ctx.v86 && (!inner || d.code.dpl() != 0)) raiseSelector(ctx, kExcGP, d.codeSelector, d.ext);
  if (inner)
    deliverInner(ctx, d, d.code.dpl());
  else
    deliverSameLevel(ctx, d);
}

enum class FaultClass : u8 { Benign, Contributory, PageFault };

FaultClass classify(const PendingEvent& e) {
  if (e.type != EventType::Exception) return FaultClass::Benign;
  switch (e.vector) {
    case kExcDE:
    case kExcTS:
    case kExcNP:
    case kExcSS:
    case kExcGP:
    case kExcCP:
      return FaultClass::Contributory;
    case kExcPF:
    case kExcVE:
      return FaultClass::PageFault;
    default:
      return FaultClass::Benign;
  }
}

// One line an event for `-d int`. Apart, because a fault may jump past the end of its caller.
[[gnu::noinline, gnu::cold]] void logDelivery(const Context& ctx, const PendingEvent& e) {
  constexpr const char* kTypes[] = {"none", "interrupt", "NMI", "exception", "software interrupt"};
  const CpuState& a = ctx.arch;
  log(LogChannel::Int,
      "cpu {} {} {:#04x} code {:#x} payload {:#x} at {:#x}:{:#x} cpl {} ss:sp {:#x}:{:#x} flags {:#x}",
      ctx.env->index, kTypes[static_cast<unsigned>(e.type)], e.vector, e.errorCode, e.payload,
      a.segment[kSegCs].selector, a.rip, ctx.cpl, a.segment[kSegSs].selector, a.gpr[kRsp], readFlags(ctx));
}

}  // namespace

void deliverEvent(Context& ctx, const PendingEvent& event) {
  if (logEnabled(LogChannel::Int)) [[unlikely]]
    logDelivery(ctx, event);
  Delivery d{event, event.type != EventType::SoftwareInterrupt, flagsImage(ctx, event)};
  commitPayload(ctx, event);
  if (event.type == EventType::Nmi) ctx.arch.nmiBlocked = true;
  if (ctx.arch.cr0 & kCr0Pe)
    deliverProtected(ctx, d);
  else
    deliverReal(ctx, d);
  ctx.arch.interruptShadow = InterruptShadow::None;
  ctx.leave |= kLeaveCode;
}

NestedFault combineFaults(const PendingEvent& first, const PendingEvent& second) {
  const FaultClass a = classify(first), b = classify(second);
  const bool firstIsDoubleFault = first.type == EventType::Exception && first.vector == kExcDF;
  if (firstIsDoubleFault && b != FaultClass::Benign) return NestedFault::Shutdown;
  if (a == FaultClass::Contributory && b == FaultClass::Contributory) return NestedFault::DoubleFault;
  if (a == FaultClass::PageFault && b != FaultClass::Benign) return NestedFault::DoubleFault;
  return NestedFault::DeliverSecond;
}

}  // namespace duet::tcg
