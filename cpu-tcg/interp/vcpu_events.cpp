// What a vCPU does between instructions: mail, traps, NMI, interrupts, INIT and SIPI, and what becomes of faults.
#include <utility>

#include "core/base/bits.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/paravirtual.h"
#include "cpu-tcg/helpers/smm.h"
#include "cpu-tcg/interp/tcg_vcpu.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {
namespace {

constexpr u64 kDr6Bs = 1u << 14;

}  // namespace

bool TcgVcpu::exitWith(ExitReason reason) {
  ctx_.exitReason = reason;
  return false;
}

// SDM vol. 3 table 6-2: SMI, INIT, traps of the previous instruction, NMI, interrupts.
bool TcgVcpu::boundary() {
  if (ctx_.debugStop.cause != DebugStop::Cause::None) return exitWith(ExitReason::Debug);
  const u32 leave = ctx_.leave;
  ctx_.leave = 0;
  if (!collectMail()) return exitWith(ExitReason::Cancelled);
  const bool held = ctx_.arch.inSmm || holdEvents_;
  if (latch_.smi && !held && ctx_.arch.activity <= Activity::Halted) {
    if (steps() >= limit_) return exitWith(ExitReason::Budget);
    if (takeSmi()) return true;
  }
  if (latch_.init && !held) takeInit();
  takeSipi();
  if (ctx_.arch.activity != Activity::Running && !wake()) {
    switch (ctx_.arch.activity) {
      case Activity::Halted:
        return exitWith(ExitReason::Halt);
      case Activity::WaitForSipi:
        return exitWith(ExitReason::WaitForSipi);
      default:
        return exitWith(ExitReason::Shutdown);
    }
  }
  if ((leave & kLeaveExit) && ctx_.exitReason != ExitReason::Halt) return false;
  if (steps() >= limit_) return exitWith(ExitReason::Budget);

  const InterruptShadow shadow = ctx_.arch.interruptShadow;
  PendingEvent event;
  if (ctx_.arch.pending.type != EventType::None) {
    event = ctx_.arch.pending;
    ctx_.arch.pending = {};
  } else if (trapBits_) {
    event = {EventType::Exception, kExcDB, false, 0, trapBits_};
    trapBits_ = 0;
  } else if (latch_.nmi && !holdEvents_ && !ctx_.arch.nmiBlocked && shadow == InterruptShadow::None) {
    latch_.nmi = false;
    event = {EventType::Nmi, kExcNMI, false, 0, 0};
  } else {
    takeInterrupt();
    return true;
  }
  deliver(event);
  return true;
}

// False when run() is to return at once.
bool TcgVcpu::collectMail() {
  if (!env_.mailbox.peek()) return true;
  env_.mailbox.take(kMailWake);
  if (env_.mailbox.take(kMailMemoryMap)) ctx_.tlb.flushAll();
  if (env_.mailbox.take(kMailClock)) tellTime(ctx_);
  // In this order an NMI is not seen later than an interrupt sent after it.
  if (env_.mailbox.take(kMailInterrupt)) ctx_.interruptPending = true;
  latch_.collect(env_.mailbox, ctx_.arch.nmiBlocked);
  return !env_.mailbox.take(kMailExit);
}

// A #DB that is decided but not delivered waits in the save area. Other events whose delivery has begun come first; a
// processor that waits for a SIPI, or has shut down, does not hear of SMIs.
bool TcgVcpu::takeSmi() {
  CpuState& a = ctx_.arch;
  const bool debug = a.pending.type == EventType::Exception && a.pending.vector == kExcDB;
  if (a.pending.type != EventType::None && !debug) return false;
  if (debug) trapBits_ |= std::exchange(a.pending, {}).payload;
  latch_.smi = false;
  ++deliveries_;
  const u64 traps = std::exchange(trapBits_, 0) | std::exchange(ctx_.debugHits, 0);
  enterSmm(ctx_, {a.activity == Activity::Halted, traps});
  return true;
}

void TcgVcpu::takeSipi() {
  if (!latch_.takeSipi(ctx_.arch.activity)) return;
  applySipi(ctx_.arch, env_.mailbox.sipiVector());
  updateMode(ctx_);
}

// Whether a stopped vCPU goes on now.
bool TcgVcpu::wake() {
  if (ctx_.arch.activity != Activity::Halted) return false;
  const bool nmi = latch_.nmi && !holdEvents_ && !ctx_.arch.nmiBlocked;
  const bool interrupt =
      (ctx_.arch.rflags & kFlagIf) && ctx_.interruptPending && !holdEvents_ && env_.interrupts.deliverable();
  const bool unhalt = !holdEvents_ && std::exchange(latch_.unhalt, false);
  if (!nmi && !interrupt && !unhalt && !trapBits_ && ctx_.arch.pending.type == EventType::None) return false;
  ctx_.arch.activity = Activity::Running;
  return true;
}

void TcgVcpu::takeInterrupt() {
  if (!ctx_.interruptPending || holdEvents_ || !(ctx_.arch.rflags & kFlagIf) ||
      ctx_.arch.interruptShadow != InterruptShadow::None)
    return;
  const bool deliverable = env_.interrupts.deliverable();
  // An NMI that came meanwhile may have been sent before the interrupt.
  if (deliverable && !ctx_.arch.nmiBlocked && (env_.mailbox.peek() & kMailNmi)) {
    ctx_.leave |= kLeaveEvents;
    return;
  }
  const int vector = deliverable ? env_.interrupts.acknowledge() : -1;
  ctx_.interruptPending = vector >= 0 && env_.interrupts.deliverable();
  if (vector >= 0) deliver({EventType::ExternalInterrupt, static_cast<u8>(vector), false, 0, 0});
}

void TcgVcpu::takeInit() {
  CpuState now;
  exportState(ctx_, now);
  const auto loaded = importState(ctx_, initState(now, env_.index == 0));
  (void)loaded;
  ctx_.tlb.flushAll();
  updateMode(ctx_);
  env_.interrupts.initReset();
  latch_.clearByInit();
  trapBits_ = ctx_.debugHits = 0;
}

// DEBUGCTL.LBR (APM vol. 2 13.1.1.3, SDM vol. 3 18.4.1): now control is at RIP. #DB ends the recording and is no part of it.
void TcgVcpu::recordBranch(u64 from, bool event) {
  ModelSpecificRegisters& m = ctx_.arch.msr;
  if (!(m.debugCtl & kDebugCtlLbr)) return;
  if (event) {
    m.lastExceptionFrom = m.lastBranchFrom;
    m.lastExceptionTo = m.lastBranchTo;
  }
  m.lastBranchFrom = from;
  m.lastBranchTo = ctx_.arch.rip;
}

void TcgVcpu::deliver(const PendingEvent& event) {
  delivering_ = event;
  ctx_.nextRip = ctx_.arch.rip;
  ctx_.insn = &fetching_;
  ctx_.running = nullptr;
  const u64 from = ctx_.arch.rip;
  deliverEvent(ctx_, event);
  recordBranch(from, true);
  delivering_ = {};
  ++deliveries_;
  trapBits_ |= ctx_.debugHits;  // of the frame: the trap comes before the handler's first instruction
  ctx_.debugHits = 0;
}

// Runs after raise(), on the way back into the loop; may be left by another raise().
void TcgVcpu::handleFault() {
  forgetDroppedBlocks();
  ctx_.debugHits = 0;
  ctx_.debugStop = {};
  if (Counters* c = ctx_.counters; c && c->inside) c->leave(Left::Fault);
  PendingEvent event = ctx_.fault;
  if (delivering_.type == EventType::None) {
    ctx_.arch.rip = ctx_.insnRip();
    if (const auto* block = static_cast<const Block*>(ctx_.running))
      ctx_.retired += static_cast<u64>(static_cast<const BlockInsn*>(ctx_.insn) - block->insns);
    if (event.type == EventType::None) {  // stopBefore()
      ctx_.arch.interruptShadow = InterruptShadow::None;
      ctx_.leave |= kLeaveEvents;
      return;
    }
  } else {
    // SDM vol. 3 6.15 #PF: CR2 is that of the last page fault, even if it ends in a double fault or shutdown.
    if (event.type == EventType::Exception && event.vector == kExcPF) ctx_.arch.cr2 = event.payload;
    switch (combineFaults(delivering_, ctx_.fault)) {
      case NestedFault::DeliverSecond:
        // A step of its own: there are guests where the second is followed by its like, without end (an #AC whose
        // frame goes on a misaligned stack, a task with the T bit behind the gate of #DB).
        delivering_ = {};
        ctx_.arch.pending = event;
        ctx_.leave |= kLeaveEvents;
        ++deliveries_;
        return;
      case NestedFault::DoubleFault:
        event = {EventType::Exception, kExcDF, true, 0, 0};
        break;
      case NestedFault::Shutdown:
        delivering_ = {};
        ctx_.arch.activity = Activity::Shutdown;
        ctx_.leave |= kLeaveEvents;
        return;
    }
  }
  deliver(event);
  ctx_.leave |= kLeaveEvents;
}

// SDM vol. 3 17.3.1.4: the single-step trap follows the instruction that began with TF set; an
// instruction under the MOV SS shadow holds every debug trap back.
void TcgVcpu::afterInstruction(const BlockInsn& insn, bool stepTrap, InterruptShadow shadowBefore) {
  InterruptShadow& shadow = ctx_.arch.interruptShadow;
  if (shadowBefore != InterruptShadow::None && shadow == shadowBefore) shadow = InterruptShadow::None;
  if (insn.entersEvent && !(ctx_.arch.rflags & kFlagTf)) stepTrap = false;
  if (shadow != InterruptShadow::MovSs) {
    if (stepTrap) trapBits_ |= kDr6Bs;
    trapBits_ |= ctx_.debugHits;
    ctx_.debugHits = 0;
  }
  if (trapBits_ || ctx_.interruptPending || latch_.nmi) ctx_.leave |= kLeaveEvents;
}

// SDM vol. 3 17.3.1.1: a fault before the instruction, unless RF is set; table 6-2: also before those of its fetch.
void TcgVcpu::checkInstructionBreakpoints(LinearAddr here) {
  u64 hits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const bool enabled =
        bits(ctx_.arch.dr7, 2 * i + 1, 2 * i) && !bits(ctx_.arch.dr7, 17 + 4 * i, 16 + 4 * i);
    if (enabled && ctx_.arch.dr[i] == here.value) hits |= bit(i);
  }
  if (!hits) return;
  ctx_.nextRip = ctx_.arch.rip;
  ctx_.insn = &fetching_;
  ctx_.running = nullptr;
  ctx_.fault = PendingEvent{EventType::Exception, kExcDB, false, 0, hits};
  longjmp(ctx_.faultReturn, 1);
}

}  // namespace duet::tcg
