// What a vCPU does between two entries: mail, INIT and SIPI, sleeping and waking, interrupts.
#include <utility>

#include "core/base/log.h"
#include "cpu-kvm/vcpu/kvm_vcpu.h"

namespace duet::kvm {

kvm_vcpu_events KvmVcpu::events() {
  kvm_vcpu_events now{};
  (void)fd_.get(now);
  return now;
}

KvmVcpu::MaybeExit KvmVcpu::boundary() {
  if (env_.mailbox.peek()) {
    takeMail();
    if (env_.mailbox.take(kMailExit)) return ExitReason::Cancelled;
  }
  if (latch_.init && !holdEvents_ && !events().smi.smm) takeInit();
  takeSipi();
  if (activity_ != Activity::Running && !wake()) {
    switch (activity_) {
      case Activity::Halted:
        return ExitReason::Halt;
      case Activity::WaitForSipi:
        return ExitReason::WaitForSipi;
      default:
        return ExitReason::Shutdown;
    }
  }
  return {};
}

// NMIs and SMIs are latched by the kernel, which also knows when they are blocked.
void KvmVcpu::takeMail() {
  env_.mailbox.take(kMailWake | kMailMemoryMap | kMailClock);
  if (env_.mailbox.take(kMailInterrupt)) serveInterruptMail();
  latch_.collect(env_.mailbox, false);
  latch_.unhalt = false;
  if (std::exchange(latch_.nmi, false)) (void)fd_.nmi();
  if (!std::exchange(latch_.smi, false)) return;
  if (!facts_.smm) {
    guestLog(LogChannel::Warn, "vcpu {}: this KVM has no system-management mode; SMI dropped", env_.index);
    return;
  }
  log(LogChannel::Int, "vcpu {}: SMI", env_.index);
  smiTaken_ = true;
  (void)fd_.smi();
}

void KvmVcpu::takeInit() {
  latch_.clearByInit();
  if (apic_) takeApic();
  CpuState now;
  readState(now);
  now.initPending = false;
  if (auto loaded = writeState(initState(now, env_.index == 0)); !loaded)
    log(LogChannel::Error, "vcpu {}: INIT: {}", env_.index, loaded.error().message);
  env_.interrupts.initReset();
  if (apic_) giveApic();
}

void KvmVcpu::takeSipi() {
  if (!latch_.sipi || !latch_.takeSipi(activity())) return;
  CpuState now;
  readState(now);
  applySipi(now, env_.mailbox.sipiVector());
  if (auto loaded = writeState(now); !loaded)
    log(LogChannel::Error, "vcpu {}: SIPI: {}", env_.index, loaded.error().message);
}

// Whether a stopped vCPU goes on now.
bool KvmVcpu::wake() {
  if (activity_ != Activity::Halted) return false;
  const kvm_vcpu_events now = events();
  const bool decided =
      now.exception.pending || now.exception.injected || now.nmi.injected || now.interrupt.injected;
  const bool nmi = now.nmi.pending && !now.nmi.masked;
  const bool smi = now.smi.pending && !now.smi.smm;
  const bool interrupt = fd_.run().if_flag && interruptPending_ && env_.interrupts.deliverable();
  if (!decided && (holdEvents_ || !(nmi || smi || interrupt))) return false;
  activity_ = Activity::Running;
  return true;
}

// The kernel holds one interrupt at a time; for the next one it exits when the window opens.
void KvmVcpu::injectInterrupt() {
  kvm_run& run = fd_.run();
  run.request_interrupt_window = 0;
  if (!interruptPending_ || incomplete_) {
    run.request_interrupt_window = interruptPending_ && incomplete_;
    return;
  }
  interruptPending_ = interruptWaits();
  if (!interruptPending_) return;
  if (run.ready_for_interrupt_injection && run.if_flag) {
    run.ready_for_interrupt_injection = 0;
    takeInterrupt();
    interruptPending_ = interruptWaits();
  }
  run.request_interrupt_window = interruptPending_;
}

}  // namespace duet::kvm
