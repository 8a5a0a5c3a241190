#include "cpu-tcg/helpers/task_switch.h"

#include "cpu-tcg/helpers/control.h"
#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/runtime/memory.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

constexpr u32 kMinimumLimit32 = 0x67, kMinimumLimit16 = 0x2b;
constexpr u64 kDr6Bt = 1u << 15;

// The part of a TSS that a switch saves and loads.
struct TaskImage {
  u64 cr3 = 0;
  u64 rip = 0, flags = 0;
  u32 gpr[8] = {};
  u16 selector[6] = {};  // ES CS SS DS FS GS
  u16 ldt = 0;
  bool trap = false;
};

struct TaskSwitch {
  Context& ctx;
  TaskSwitchCause cause;
  bool ext;
  u16 selector;
  u64 flags;  // image for the old TSS
  Descriptor descriptor = {};

  bool wide() const { return descriptor.type() & 8; }
  bool nests() const { return cause == TaskSwitchCause::Call || cause == TaskSwitchCause::Event; }
};

// Offsets of the fields in the two formats (SDM vol. 3 figures 8-2 and 8-10).
struct Layout {
  u32 rip, flags, gpr, selectors, ldt;
  unsigned word, selectorCount;
};
constexpr Layout kLayout32 = {0x20, 0x24, 0x28, 0x48, 0x60, 4, 6};
constexpr Layout kLayout16 = {0x0e, 0x10, 0x12, 0x22, 0x2a, 2, 4};

const Layout& layoutFor(bool wide) { return wide ? kLayout32 : kLayout16; }

u64 readWord(Context& ctx, u64 address, unsigned size) {
  const LinearAddr at = systemAddress(ctx, address);
  return size == 4 ? loadSystem<u32>(ctx, at) : loadSystem<u16>(ctx, at);
}

void writeWord(Context& ctx, u64 address, unsigned size, u64 value) {
  const LinearAddr at = systemAddress(ctx, address);
  if (size == 4)
    storeSystem<u32>(ctx, at, static_cast<u32>(value));
  else
    storeSystem<u16>(ctx, at, static_cast<u16>(value));
}

TaskImage readImage(Context& ctx, u64 base, bool wide) {
  const Layout& l = layoutFor(wide);
  TaskImage t;
  t.cr3 = wide ? readWord(ctx, base + 0x1c, 4) : 0;
  t.rip = readWord(ctx, base + l.rip, l.word);
  t.flags = readWord(ctx, base + l.flags, l.word);
  // A 16-bit TSS leaves the upper halves of the registers as ones (observed on processors since the 386).
  for (unsigned i = 0; i < 8; ++i)
    t.gpr[i] = static_cast<u32>(readWord(ctx, base + l.gpr + i * l.word, l.word)) | (wide ? 0 : 0xffff0000u);
  for (unsigned i = 0; i < l.selectorCount; ++i)
    t.selector[i] = static_cast<u16>(readWord(ctx, base + l.selectors + i * l.word, 2));
  t.ldt = static_cast<u16>(readWord(ctx, base + l.ldt, 2));
  t.trap = wide && (readWord(ctx, base + 0x64, 2) & 1);
  return t;
}

void saveImage(TaskSwitch& s, u64 rip) {
  Context& ctx = s.ctx;
  const CpuState& a = ctx.arch;
  const Layout& l = layoutFor(a.tr.type() & 8);
  const u64 flags = s.cause == TaskSwitchCause::Iret ? s.flags & ~u64{kFlagNt} : s.flags;
  writeWord(ctx, a.tr.base + l.rip, l.word, rip);
  writeWord(ctx, a.tr.base + l.flags, l.word, flags);
  for (unsigned i = 0; i < 8; ++i) writeWord(ctx, a.tr.base + l.gpr + i * l.word, l.word, a.gpr[i]);
  for (unsigned i = 0; i < l.selectorCount; ++i)
    writeWord(ctx, a.tr.base + l.selectors + i * l.word, 2, a.segment[i].selector);
}

void checkTss(TaskSwitch& s) {
  Context& ctx = s.ctx;
  const bool back = s.cause == TaskSwitchCause::Iret;
  const Exception bad = back ? kExcTS : kExcGP;
  if (s.selector & 4) raiseSelector(ctx, bad, s.selector, s.ext);
  s.descriptor = fetchDescriptor(ctx, s.selector, bad, s.ext);
  const unsigned type = s.descriptor.type() & ~8u;
  if (!s.descriptor.isSystem() || type != (back ? kTypeTss16Busy : kTypeTss16))
    raiseSelector(ctx, bad, s.selector, s.ext);
  if (!s.descriptor.present()) raiseSelector(ctx, kExcNP, s.selector, s.ext);
  if (s.descriptor.limit() < (s.wide() ? kMinimumLimit32 : kMinimumLimit16))
    raiseSelector(ctx, kExcTS, s.selector, s.ext);
}

// Both images must be reachable before anything is changed.
void probeImages(TaskSwitch& s) {
  Context& ctx = s.ctx;
  const SegmentRegister& old = ctx.arch.tr;
  const bool oldWide = old.type() & 8;
  const u32 oldSize = oldWide ? kMinimumLimit32 + 1 : kMinimumLimit16 + 1;
  const u32 newSize = s.wide() ? kMinimumLimit32 + 1 : kMinimumLimit16 + 1;
  if (!old.usable() || old.limit < oldSize - 1) raiseSelector(ctx, kExcTS, old.selector, s.ext);
  probeWrite(ctx, systemAddress(ctx, old.base), oldSize, true);
  const LinearAddr fresh = systemAddress(ctx, s.descriptor.base());
  probeRead(ctx, fresh, newSize, true);
  if (s.nests()) probeWrite(ctx, fresh, 2, true);
}

void leaveTask(Context& ctx, u16 selector) {
  Descriptor d;
  if (tryFetchDescriptor(ctx, selector, d)) markAvailable(ctx, d);
}

// The last thing that can go wrong before the old task is saved.
void takeTask(TaskSwitch& s) {
  if (s.cause == TaskSwitchCause::Iret || markBusy(s.ctx, s.descriptor)) return;
  raiseSelector(s.ctx, kExcGP, s.selector, s.ext);
}

void loadLdt(TaskSwitch& s, u16 selector) {
  Context& ctx = s.ctx;
  ctx.arch.ldtr = {selector, 0, 0, kSegUnusable};
  if (isNull(selector)) return;
  if (selector & 4) raiseSelector(ctx, kExcTS, selector, s.ext);
  const Descriptor d = fetchDescriptor(ctx, selector, kExcTS, s.ext);
  if (!d.isSystem() || d.type() != kTypeLdt || !d.present()) raiseSelector(ctx, kExcTS, selector, s.ext);
  ctx.arch.ldtr = d.segment(selector);
}

void loadTaskCode(TaskSwitch& s, u16 selector) {
  Context& ctx = s.ctx;
  const unsigned cpl = rpl(selector);
  if (isNull(selector)) raiseSelector(ctx, kExcTS, selector, s.ext);
  Descriptor d = fetchDescriptor(ctx, selector, kExcTS, s.ext);
  const bool levelOk = d.conforming() ? d.dpl() <= cpl : d.dpl() == cpl;
  if (!d.isCode() || !levelOk) raiseSelector(ctx, kExcTS, selector, s.ext);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector, s.ext);
  markAccessed(ctx, d);
  ctx.arch.segment[kSegCs] = d.segment(selector);
}

void loadTaskData(TaskSwitch& s, SegmentIndex seg, u16 selector, unsigned cpl) {
  Context& ctx = s.ctx;
  if (isNull(selector)) return;
  Descriptor d = fetchDescriptor(ctx, selector, kExcTS, s.ext);
  if (!d.readable()) raiseSelector(ctx, kExcTS, selector, s.ext);
  const bool checksPrivilege = !d.isCode() || !d.conforming();
  if (checksPrivilege && (rpl(selector) > d.dpl() || cpl > d.dpl()))
    raiseSelector(ctx, kExcTS, selector, s.ext);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector, s.ext);
  markAccessed(ctx, d);
  ctx.arch.segment[seg] = d.segment(selector);
}

void loadSegments(TaskSwitch& s, const TaskImage& t) {
  Context& ctx = s.ctx;
  CpuState& a = ctx.arch;
  if (t.flags & kFlagVm) {
    for (unsigned i = 0; i < 6; ++i)
      a.segment[i] = {t.selector[i], u64{t.selector[i]} << 4, 0xffff, kVirtual8086Segment};
    updateMode(ctx);
    loadLdt(s, t.ldt);
    return;
  }
  const unsigned cpl = rpl(t.selector[kSegCs]);
  a.segment[kSegSs].attributes = kSegUnusable | (cpl << 5);
  updateMode(ctx);
  loadLdt(s, t.ldt);
  loadTaskCode(s, t.selector[kSegCs]);
  a.segment[kSegSs] = checkedStackSegment(ctx, t.selector[kSegSs], cpl, kExcTS, s.ext);
  updateMode(ctx);
  for (const SegmentIndex seg : {kSegEs, kSegDs, kSegFs, kSegGs}) loadTaskData(s, seg, t.selector[seg], cpl);
}

// SDM vol. 3 4.4.1: PAE paging loads the PDPTEs if CR3 changes. One that is wrong is #GP, as when CR3 is written otherwise
// (6.15, interrupt 13), and nothing is loaded.
void loadTaskCr3(TaskSwitch& s, u64 cr3) {
  Context& ctx = s.ctx;
  if (cr3 == ctx.arch.cr3) return flushTlb(ctx, false);
  std::array<u64, 4> entries;
  const bool pae = ctx.paging.mode == mmu::PagingMode::Pae;
  if (pae && !fetchPdptes(ctx, cr3, entries)) raiseCode(ctx, kExcGP, s.ext ? 1 : 0);
  loadCr3(ctx, cr3);
}

// From here on a fault belongs to the new task: it reports the new instruction pointer.
void enterTask(TaskSwitch& s, const TaskImage& t) {
  Context& ctx = s.ctx;
  CpuState& a = ctx.arch;
  for (unsigned i = 0; i < 8; ++i) a.gpr[i] = t.gpr[i];
  a.rip = t.rip;
  if (ctx.insn) ctx.nextRip = t.rip + ctx.insn->length;
  for (unsigned i = 0; i < 6; ++i)
    a.segment[i] = {t.selector[i], 0, 0, kSegUnusable | (s.wide() ? u32{kSegDb} : 0)};
  constexpr u64 kLoaded = 0x3f7fd5;
  u64 flags = (t.flags & kLoaded) | 2;
  if (!s.wide()) flags &= 0xffff;
  if (s.nests()) flags |= kFlagNt;
  writeFlags(ctx, flags);
  a.cr0 |= kCr0Ts;
  a.dr7 &= ~u64{0x155};  // local breakpoint enables
  if (s.wide() && (a.cr0 & kCr0Pg)) loadTaskCr3(s, t.cr3);
  loadSegments(s, t);
}

void finish(TaskSwitch& s, const TaskImage& t, const PendingEvent* event) {
  Context& ctx = s.ctx;
  CpuState& a = ctx.arch;
  if (event && event->hasErrorCode) {
    StackFrame stack = StackFrame::current(ctx, s.ext ? 1 : 0);
    stack.push(event->errorCode, s.wide() ? 4 : 2);
    a.gpr[kRsp] = stack.merged(a.gpr[kRsp]);
  }
  checkTarget(ctx, a.segment[kSegCs], t.rip, s.ext);
  if (t.trap) raiseDebug(ctx, kDr6Bt);
  if (s.cause != TaskSwitchCause::Event) ctx.nextRip = t.rip;
  ctx.leave |= kLeaveCode | kLeaveEvents;
}

void run(TaskSwitch& s, const PendingEvent* event) {
  Context& ctx = s.ctx;
  CpuState& a = ctx.arch;
  checkTss(s);
  probeImages(s);
  const u64 base = s.descriptor.base();
  const TaskImage image = readImage(ctx, base, s.wide());
  takeTask(s);
  const u16 oldTask = a.tr.selector;
  const bool leavesOld = !s.nests();
  saveImage(s, s.cause == TaskSwitchCause::Event ? a.rip : ctx.nextRip);
  if (leavesOld) leaveTask(ctx, oldTask);
  if (s.nests()) writeWord(ctx, base, 2, oldTask);
  a.tr = s.descriptor.segment(s.selector);
  enterTask(s, image);
  finish(s, image, event);
}

}  // namespace

void switchTask(Context& ctx, u16 selector, TaskSwitchCause cause) {
  TaskSwitch s{ctx, cause, false, selector, readFlags(ctx)};
  run(s, nullptr);
}

void switchByGate(Context& ctx, u16 selector, bool ext, const PendingEvent& event, u64 flags) {
  TaskSwitch s{ctx, TaskSwitchCause::Event, ext, selector, flags};
  run(s, &event);
}

void returnFromTask(Context& ctx) {
  const SegmentRegister& tr = ctx.arch.tr;
  if (!tr.usable() || tr.limit < 1) raiseSelector(ctx, kExcTS, tr.selector);
  const u16 link = loadSystem<u16>(ctx, systemAddress(ctx, tr.base));
  TaskSwitch s{ctx, TaskSwitchCause::Iret, false, link, readFlags(ctx)};
  run(s, nullptr);
}

}  // namespace duet::tcg
