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
  if (initPending_ && !holdEvents_ && !events().smi.smm) takeInit();
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
  env_.mailbox.take(kMailWake | kMailMemoryMap | kMailClock | kMailUnhalt);
  if (env_.mailbox.take(kMailInterrupt)) serveInterruptMail();
  const u32 mail = env_.mailbox.take(kMailNmi | kMailSmi | kMailInit | kMailSipi);
  // Together with the INIT before it, so that none is lost; one before the INIT is.
  if (mail & kMailInit) sipiPending_ = false;
  sipiPending_ |= (mail & kMailSipi) != 0;
  if (mail & kMailNmi) (void)fd_.nmi();
  if ((mail & kMailSmi) && facts_.smm) {
    log(LogChannel::Int, "vcpu {}: SMI", env_.index);
    smiTaken_ = true;
    (void)fd_.smi();
  }
  if ((mail & kMailSmi) && !facts_.smm)
    guestLog(LogChannel::Warn, "vcpu {}: this KVM has no system-management mode; SMI dropped", env_.index);
  if (mail & kMailInit) initPending_ = true;
}

void KvmVcpu::takeInit() {
  initPending_ = false;
  if (apic_) takeApic();
  CpuState now;
  saveState(now);
  now.initPending = false;
  if (auto loaded = loadState(initState(now, env_.index == 0)); !loaded)
    log(LogChannel::Error, "vcpu {}: INIT: {}", env_.index, loaded.error().message);
  env_.interrupts.initReset();
  if (apic_) giveApic();
}

// A SIPI is only heard by a processor that waits for one.
void KvmVcpu::takeSipi() {
  if (!std::exchange(sipiPending_, false) || activity() != Activity::WaitForSipi) return;
  CpuState now;
  saveState(now);
  applySipi(now, env_.mailbox.sipiVector());
  if (auto loaded = loadState(now); !loaded)
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
