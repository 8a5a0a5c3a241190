// One instruction at a time.
#include "cpu-kvm/vcpu/stepper.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "core/base/bits.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-kvm/vcpu/halt_marks.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"

namespace duet::kvm {
namespace {

constexpr std::chrono::microseconds kNap{200};
constexpr u64 kDr6Bs = 1u << 14;
// What an instruction can raise; where one may be in the IDT's own page.
constexpr unsigned kFaults[] = {kExcDE, kExcBR, kExcUD, kExcNM, kExcDF, kExcTS, kExcNP,
                                kExcSS, kExcGP, kExcPF, kExcMF, kExcAC, kExcXM};

bool overlap(const DataAccess& a, LinearAddr address, u64 length) {
  return a.address.value < address.value + length && address.value < a.address.value + a.size;
}

bool concerns(const DataAccess& a, WatchKind kind) {
  return (a.write && kind != WatchKind::Read) || (a.read && kind != WatchKind::Write);
}

}  // namespace

Stepper::Stepper(KvmVcpu& vcpu, GuardedRam& ram, StepEvents events)
    : vcpu_(vcpu), guards_(ram), hold_(events == StepEvents::HoldBack) {}

VcpuExit Stepper::run(u64 budget, bool stopAtBreakpoints) {
  for (;;) {
    if (const MaybeExit reason = vcpu_.boundary()) return finish(*reason);
    if (steps_ == budget) return finish(ExitReason::Budget);
    refresh();
    if (asleep()) {
      if (!stopAtBreakpoints) return finish(ExitReason::Halt);
      std::this_thread::sleep_for(kNap);
      continue;
    }
    if (stopAtBreakpoints && stopsHere()) return finish(ExitReason::Debug);
    start_ = view_;
    accesses_.clear();
    hardwareHits_ = 0;
    if (const MaybeExit reason = one()) return finish(*reason);
    if (vcpu_.watched(accesses_)) return finish(ExitReason::Debug);
  }
}

// With an APIC in the kernel: its vCPU is halted, and nothing wakes it. Its timer tells nobody, so whoever runs on looks again.
bool Stepper::asleep() {
  if (!vcpu_.apic_ || vcpu_.activity() != Activity::Halted) return false;
  if (eventWaits()) return false;
  if (hold_) return true;
  const kvm_vcpu_events& e = view_.events;
  const bool interrupt = view_.regs.rflags & kFlagIf && (vcpu_.interruptWaits() || vcpu_.kernelInterrupt());
  return !interrupt && !(e.nmi.pending && !e.nmi.masked) && !(e.smi.pending && !e.smi.smm);
}

VcpuExit Stepper::finish(ExitReason reason) {
  guards_.close({});
  VcpuExit exit = vcpu_.leave(reason);
  exit.steps = steps_;
  exit.instructions = instructions_;
  vcpu_.instructions_ += instructions_;
  return exit;
}

void Stepper::refresh() { view_ = vcpu_.view(); }
void Stepper::setRegs() { (void)vcpu_.fd_.set(view_.regs); }

// Before the instruction, and not before an event that comes first.
bool Stepper::stopsHere() {
  const auto& breakpoints = vcpu_.debug_.breakpoints;
  const LinearAddr here = view_.code();
  if (breakpoints.empty() || eventWaits() || vcpu_.inRepetition_ == here) return false;
  if (std::ranges::find(breakpoints, here) == breakpoints.end()) return false;
  vcpu_.debugStop_ = {DebugStop::Cause::Breakpoint, here, WatchKind::Write};
  return true;
}

Stepper::MaybeExit Stepper::one() {
  const PortInstruction port = std::exchange(vcpu_.portBefore_, {});
  if (!vcpu_.facts_.exactStep) {
    if (!hold_ && !eventWaits()) (void)acknowledge();
    return plainly();
  }
  if (const auto vector = dueEvent()) return *vector == kSmiEvent ? enterSmm(port) : deliver(*vector);
  if (const u64 hit = ownBreakpoints()) return raiseDebug(hit, true);
  return instruction();
}

// As the kernel steps: a delivery together with the instruction behind it, or with all of the handler.
Stepper::MaybeExit Stepper::plainly() {
  for (;;) {
    switch (enter(true, hold_)) {
      case Stop::Trap:
      case Stop::Halted:
        ++steps_;
        return {};
      case Stop::Exit:
        return exit_;
      default:
        if (vcpu_.env_.mailbox.peek() & kMailExit) return {};
    }
  }
}

Stepper::MaybeExit Stepper::instruction() {
  const Instruction in = instructionAt(view_);
  if (in.kind == InstructionKind::PopFlags) poppedFlags_ = view_.load<u16>(view_.stack()).value_or(0);
  if (in.kind == InstructionKind::InterruptReturn)
    poppedFlags_ = view_.load<u16>(view_.stack() + 2u * in.operandBytes).value_or(0);
  switch (in.kind) {
    case InstructionKind::Interrupt:
      return interruptInstruction(in);
    case InstructionKind::SystemCall:
      return transfer(in, vcpu_.readMsr(view_.codeBits() == 64 ? kMsrLstar : kMsrCstar));
    case InstructionKind::SystemReturn:
      return transfer(in, view_.regs.rcx);
    case InstructionKind::Sti:
      if (sti(in)) return retired(in);
      break;
    case InstructionKind::LoadSs:
      if (loadSs(in)) return retired(in);
      break;
    default:
      break;
  }
  return trapped(in);
}

// HLT leaves by itself, unless an APIC in the kernel lets it sleep there.
bool Stepper::trapsBehind(const Instruction& in) const {
  return in.kind != InstructionKind::Halt || vcpu_.apic_;
}

// By the trap flag, with the IDT closed.
Stepper::MaybeExit Stepper::trapped(const Instruction& in) {
  guards_.close(idtPages());
  for (;;) {
    switch (enter(trapsBehind(in), true)) {
      case Stop::Trap:
        if (const u64 hit = ownHit(); hit) return raiseDebug(hit, true);
        return retired(in);
      case Stop::Halted:
        return retired(in);
      case Stop::Fault:
        return faulted();
      case Stop::Touched:
      case Stop::Delivered:
        return touchesIdt(in);
      case Stop::Interrupted:
        continue;
      case Stop::Exit:
        return exit_;
    }
  }
}

// Of the guest's own breakpoints the processor has seen, the ones on data are noted for the trap; that of the instruction
// itself, which comes instead of it, is returned. One of the next instruction may be told of as well.
u64 Stepper::ownHit() {
  const u64 dr6 = vcpu_.fd_.run().debug.arch.dr6;
  if (!(dr6 & 0xf)) return 0;
  if (!(dr6 & kDr6Bs)) return dr6 & 0xf;
  const u64 dr7 = vcpu_.debugRegisters().dr7;
  for (unsigned i = 0; i < 4; ++i)
    if ((dr6 >> i & 1) && (dr7 >> (2 * i) & 3) && (dr7 >> (16 + 4 * i) & 1)) hardwareHits_ |= bit(i);
  return 0;
}

// The instruction's data lie in the page of the IDT.
Stepper::MaybeExit Stepper::touchesIdt(const Instruction& in) {
  guards_.close({});
  const HaltMarks marks(view_, kFaults);
  const auto wakes = wakeInMarks();
  for (;;) {
    const Stop stop = enter(trapsBehind(in), true);
    if (stopsAt(marks, stop)) {
      ++steps_;
      hideTrapFlagInFrame();
      return {};
    }
    switch (stop) {
      case Stop::Halted:
      case Stop::Trap:
        return retired(in);
      case Stop::Interrupted:
        continue;
      case Stop::Exit:
        return exit_;
      default:
        return vcpu_.fault("kvm: a guest page cannot be reached");
    }
  }
}

// The exception and its delivery are one step.
Stepper::MaybeExit Stepper::faulted() {
  vcpu_.heldTrap_ = 0;
  vcpu_.applyDebug(false, false);
  refresh();
  if (start_.regs.rflags & kFlagTf) {
    view_.regs.rflags |= kFlagTf;
    setRegs();
  }
  return deliver(view_.events.exception.nr);
}

// INT n ends at its handler; like an event, but that the instruction's own page must be open.
Stepper::MaybeExit Stepper::interruptInstruction(const Instruction& in) {
  std::vector<unsigned> vectors{in.vector, kExcDF, kExcTS, kExcNP, kExcSS, kExcGP, kExcPF};
  closeHandlers(vectors);
  std::optional<HaltMarks> marks;
  const auto wakes = wakeInMarks();
  const auto openUp = [&] {
    guards_.close({});
    marks.emplace(view_, vectors);
  };
  const auto handler = handlerOf(view_, in.vector);
  u8* page = handler ? view_.hostPage(*handler) : nullptr;
  if (!guards_.isClosed(page) || guards_.isClosed(view_.hostPage(view_.code()))) openUp();
  for (;;) {
    const Stop stop = enter(false, true);
    const bool marked = marks && stopsAt(*marks, stop);
    if (marked || stop == Stop::Delivered) {
      // A fault instead of the interrupt leads to the instruction itself.
      ++steps_;
      if (handlerOf(start_, in.vector) == view_.code()) ++instructions_;
      noteFrame(start_, in.vector);
      return {};
    }
    if (stop == Stop::Exit) return exit_;
    if (stop == Stop::Touched || stop == Stop::Fault) openUp();
  }
}

// SYSCALL and SYSRET load the trap flag with the others.
Stepper::MaybeExit Stepper::transfer(const Instruction& in, u64 target) {
  u8* page = view_.hostPage(LinearAddr(target));
  if (!page || page == view_.hostPage(view_.code())) return trapped(in);
  std::vector<u8*> pages = idtPages();
  pages.push_back(page);
  guards_.close(pages);
  for (;;) {
    switch (enter(false, true)) {
      case Stop::Delivered:
        return retired(in);
      case Stop::Fault:
        return faulted();
      case Stop::Interrupted:
        continue;
      case Stop::Exit:
        return exit_;
      default:
        return trapped(in);
    }
  }
}

// After STI the processor holds single-step traps back with the interrupts (some do), so the step is made here.
bool Stepper::sti(const Instruction& in) {
  constexpr u64 kIoplShift = 12;
  if (view_.cpl() > (view_.regs.rflags >> kIoplShift & 3)) return false;
  if (!(view_.regs.rflags & kFlagIf)) view_.events.interrupt.shadow = KVM_X86_SHADOW_INT_STI;
  view_.regs.rflags |= kFlagIf;
  view_.advance(in.length);
  setRegs();
  (void)vcpu_.fd_.set(view_.events);
  vcpu_.shadow_ = view_.events.interrupt.shadow ? InterruptShadow::Sti : InterruptShadow::None;
  return true;
}

// Behind MOV SS and POP SS every trap is held back, so one that will not fault is made here; the others are the
// processor's, which faults and does not get behind them.
bool Stepper::loadSs(const Instruction& in) {
  u16 selector = in.selector;
  if (in.fromStack || in.loadsMemory) {
    if (in.loadsMemory && in.accesses.empty()) return false;
    const auto loaded = view_.load<u16>(in.fromStack ? view_.stack() : in.accesses[0].address);
    if (!loaded || view_.cpl() == 3) return false;  // the page may be the supervisor's
    selector = *loaded;
  }
  const auto segment = stackSegment(selector);
  if (!segment) return false;
  if (in.fromStack) {
    const u64 mask = lowMask(view_.stackBits());
    view_.regs.rsp = (view_.regs.rsp & ~mask) | ((view_.regs.rsp + in.operandBytes) & mask);
  }
  view_.sregs.ss = *segment;
  view_.advance(in.length);
  view_.events.interrupt.shadow = KVM_X86_SHADOW_INT_MOV_SS;
  (void)vcpu_.fd_.set(view_.sregs);
  setRegs();
  (void)vcpu_.fd_.set(view_.events);
  vcpu_.shadow_ = InterruptShadow::MovSs;
  return true;
}

std::optional<kvm_segment> Stepper::stackSegment(u16 selector) {
  kvm_segment ss = view_.sregs.ss;
  ss.selector = selector;
  if (!view_.protectedMode()) {
    ss.base = u64{selector} << 4;
    return ss;
  }
  const bool local = selector & 4;
  const u64 base = local ? view_.sregs.ldt.base : view_.sregs.gdt.base;
  const u64 limit = local ? view_.sregs.ldt.limit : view_.sregs.gdt.limit;
  if ((selector & ~3u) == 0 || (selector | 7u) > limit) return {};
  const auto d = view_.load<u64>(LinearAddr(base + (selector & ~7u)));
  constexpr u64 kAccessedWritableData = 0x13, kPresent = 0x80;
  if (!d || (*d >> 40 & 0x9b) != (kAccessedWritableData | kPresent)) return {};
  ss.dpl = *d >> 45 & 3;
  if (ss.dpl != view_.cpl() || (selector & 3u) != view_.cpl()) return {};
  ss.base = (*d >> 16 & 0xffffff) | (*d >> 32 & 0xff000000);
  ss.g = *d >> 55 & 1;
  ss.db = *d >> 54 & 1;
  ss.l = *d >> 53 & 1;
  ss.avl = *d >> 52 & 1;
  ss.limit = static_cast<u32>((*d & 0xffff) | (*d >> 32 & 0xf0000));
  if (ss.g) ss.limit = ss.limit << 12 | 0xfff;
  ss.type = *d >> 40 & 0xf;
  ss.s = ss.present = 1;
  ss.unusable = 0;
  return ss;
}

bool Stepper::trapFlagAfter(const Instruction& in) {
  switch (in.kind) {
    case InstructionKind::PopFlags:
    case InstructionKind::InterruptReturn:
      return poppedFlags_ & kFlagTf;
    case InstructionKind::SystemReturn:
      return start_.regs.r11 & kFlagTf;
    case InstructionKind::SystemCall:
      return start_.regs.rflags & ~vcpu_.readMsr(kMsrSfmask) & kFlagTf;
    default:
      return start_.regs.rflags & kFlagTf;
  }
}

// Everything the trap flag was for is undone, and what the guest's own asks for is done.
Stepper::MaybeExit Stepper::retired(const Instruction& in) {
  ++steps_;
  ++instructions_;
  vcpu_.applyDebug(false, false);
  refresh();
  vcpu_.inRepetition_.reset();
  if (in.repeated && view_.code() == start_.code()) vcpu_.inRepetition_ = view_.code();
  if (trapFlagAfter(in)) {
    view_.regs.rflags |= kFlagTf;
    setRegs();
  }
  const bool ownTrap = start_.regs.rflags & kFlagTf;
  if (in.kind == InstructionKind::PushFlags && !ownTrap) hideTrapFlag(view_.stack());
  noteAccesses(in);
  const u64 dr6 =
      (ownTrap ? kDr6Bs : 0) | hardwareHits_ | ownDataBreakpoints() | std::exchange(vcpu_.heldTrap_, 0);
  return dr6 ? raiseDebug(dr6, false) : MaybeExit{};
}

void Stepper::hideTrapFlag(LinearAddr flags) {
  auto low = view_.load<u16>(flags);
  if (!low || !(*low & kFlagTf)) return;
  *low = static_cast<u16>(*low & ~kFlagTf);
  (void)view_.write(flags, std::span(reinterpret_cast<const u8*>(&*low), sizeof *low));
}

// Which exception it was shows in where the frame has the instruction's RIP.
void Stepper::hideTrapFlagInFrame() {
  refresh();
  if (start_.regs.rflags & kFlagTf) return;
  const u64 item = view_.longMode() ? 8 : start_.sregs.cr0 & kCr0Pe ? 4 : 2;
  for (const u64 skip : {u64{0}, item}) {
    const auto ip = view_.load<u16>(view_.stack() + skip);
    if (ip && *ip == (start_.regs.rip & 0xffff)) return hideTrapFlag(view_.stack() + skip + 2 * item);
  }
}

void Stepper::noteAccesses(const Instruction& in) {
  accesses_.insert(accesses_.end(), in.accesses.begin(), in.accesses.end());
  const u64 before = start_.stack().value, after = view_.stack().value;
  if (in.stack == StackUse::Pushes && after < before)
    accesses_.push_back({view_.stack(), before - after, false, true});
  if (in.stack == StackUse::Pops && after > before)
    accesses_.push_back({start_.stack(), std::min<u64>(after - before, 8), true, false});
}

// SDM vol. 3 18.2.4: DR7 has an enable pair and four bits of kind and length for each register. Looked at here, since not
// every processor looks at the instruction that a guest is entered at.
u64 Stepper::ownBreakpoints() {
  if (view_.regs.rflags & kFlagRf) return 0;
  const kvm_debugregs own = vcpu_.debugRegisters();
  u64 hit = 0;
  for (unsigned i = 0; i < 4; ++i)
    if ((own.dr7 >> (2 * i) & 3) && (own.dr7 >> (16 + 4 * i) & 3) == 0 && own.db[i] == view_.code().value)
      hit |= bit(i);
  return hit;
}

// The processor has not seen the accesses of what was done in its place.
u64 Stepper::ownDataBreakpoints() {
  if (accesses_.empty()) return 0;
  constexpr u64 kLengths[] = {1, 2, 8, 4};
  const kvm_debugregs own = vcpu_.debugRegisters();
  u64 hit = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const u64 condition = own.dr7 >> (16 + 4 * i) & 3, length = kLengths[own.dr7 >> (18 + 4 * i) & 3];
    if (!(own.dr7 >> (2 * i) & 3) || (condition & 1) == 0) continue;
    const WatchKind kind = condition == 1 ? WatchKind::Write : WatchKind::Access;
    for (const DataAccess& a : accesses_)
      if (overlap(a, LinearAddr(own.db[i] & ~(length - 1)), length) && concerns(a, kind)) hit |= bit(i);
  }
  return hit;
}

// The first byte of the first watchpoint that was touched.
bool KvmVcpu::watched(std::span<const DataAccess> accesses) {
  for (const Watchpoint& w : debug_.watchpoints)
    for (const DataAccess& a : accesses)
      if (overlap(a, w.address, w.length) && concerns(a, w.kind)) {
        debugStop_ = {DebugStop::Cause::Watchpoint, std::max(a.address, w.address), w.kind};
        return true;
      }
  return false;
}

}  // namespace duet::kvm
