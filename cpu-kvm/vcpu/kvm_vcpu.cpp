#include "cpu-kvm/vcpu/kvm_vcpu.h"

#include <csignal>
#include <utility>

#include "cpu-kvm/api/kick_signal.h"

namespace duet::kvm {
KvmVcpu::KvmVcpu(const VcpuEnv& env, VcpuFd fd, const VmFacts& facts, GuardedRam& ram, KvmClock& clock,
                 KernelChips* chips)
    : env_(env), fd_(std::move(fd)), facts_(facts), ram_(ram), clock_(clock), chips_(chips) {
  if (!chips_) return;
  const KernelApic::Config config{.bootProcessor = env_.index == 0,
                                  .wideIds = chips_->wideIds(),
                                  .kernelPic = chips_->mode() == IrqchipMode::On};
  apic_.emplace(fd_, *env_.apicModel, config);
  chips_->add(*this, *env_.chips);
}

KvmVcpu::~KvmVcpu() {
  env_.mailbox.setKick(nullptr);
  if (chips_) chips_->remove(*this);
}

VcpuExit KvmVcpu::runFree() {
  const ChipUse use(chips_, *this);
  env_.mailbox.setKick(&kick_);
  beginTime();
  refreshRunPage();
  if (startsAtBreakpoint()) return leave(ExitReason::Debug);
  for (;;) {
    if (const MaybeExit reason = boundary()) return leave(*reason);
    if (slice_ && slice_->expired()) return leave(ExitReason::Budget);
    if (std::exchange(smiTaken_, false) && portBefore_.size) {  // the save area says which port it was
      if (VcpuExit exit = runInSteps(1, StepEvents::Take, false); exit.reason != ExitReason::Budget)
        return exit;
      continue;
    }
    injectInterrupt();
    if (const MaybeExit reason = handleExit(enterGuest())) return leave(*reason);
  }
}

// Finishes what the last exit left open, so that the state can be read.
VcpuExit KvmVcpu::leave(ExitReason reason) {
  while (incomplete_) {
    fd_.setImmediateExit(true);
    incomplete_ = false;
    const int error = fd_.enter();
    if (error == EINTR) break;
    if (const MaybeExit other = handleExit(error); other && reason != ExitReason::EngineFault)
      reason = *other;
  }
  clock_.take(env_.clock);
  VcpuExit exit{reason, 0, 0, ~u32{0}, {}, debugStop_};
  if (reason == ExitReason::Halt || reason == ExitReason::WaitForSipi) exit.wakeMask = wakeMask();
  if (reason == ExitReason::EngineFault) exit.message = std::exchange(message_, {});
  return exit;
}

u32 KvmVcpu::wakeMask() {
  if (activity_ == Activity::WaitForSipi) return kMailSipi | kMailInit | kMailExit | kMailWake;
  u32 mask = ~u32{0};
  const kvm_vcpu_events now = events();
  if (now.smi.smm) mask &= ~u32{kMailSmi | kMailInit};
  if (!fd_.run().if_flag) mask &= ~u32{kMailInterrupt};
  if (now.nmi.masked) mask &= ~u32{kMailNmi};
  return mask;
}

KvmVcpu::MaybeExit KvmVcpu::fault(std::string message) {
  message_ = std::move(message);
  return ExitReason::EngineFault;
}

int KvmVcpu::enterGuest() {
  thread_ = pthread_self();
  fd_.setImmediateExit(false);
  inGuest_.store(true, std::memory_order_seq_cst);
  // Posted before this: seen here. Posted after: the poster sets the flag, and sees inGuest_.
  if (env_.mailbox.peek()) fd_.setImmediateExit(true);
  return enter();
}

int KvmVcpu::enterClosed() {
  thread_ = pthread_self();
  fd_.setImmediateExit(false);
  inGuest_.store(true, std::memory_order_seq_cst);
  fd_.run().request_interrupt_window = 0;
  return enter();
}

int KvmVcpu::enter() {
  kvm_run& run = fd_.run();
  if (!apic_) run.cr8 = env_.interrupts.taskPriority();
  incomplete_ = false;
  shadow_ = InterruptShadow::None;
  if (!stepping_) portBefore_ = {};
  ramTurn_ = ram_.turns();
  const int error = fd_.enter();
  inGuest_.store(false, std::memory_order_seq_cst);
  if (facts_.writes) facts_.writes->give(fd_);
  if (!apic_ && run.cr8 != env_.interrupts.taskPriority()) {
    env_.interrupts.setTaskPriority(static_cast<u8>(run.cr8));
    interruptPending_ = true;
  }
  return error;
}

void KvmVcpu::kick() {
  fd_.setImmediateExit(true);
  if (inGuest_.load(std::memory_order_seq_cst)) pthread_kill(thread_, kickSignal());
}

void KvmVcpu::requestExit() { env_.mailbox.post(kMailExit); }

std::optional<Gpa> KvmVcpu::translate(LinearAddr address) { return view().translate(address); }

}  // namespace duet::kvm
