#include "core/machine/vcpu_thread.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <limits>

#include "core/base/log.h"

namespace duet {
namespace {

// Deterministic mode: how far the counted clock may lag behind the running guest. A guest that spins on
// the TSC sees time move by this many instructions at once.
constexpr u64 kCountedSlice = 4096;

}  // namespace

Machine::VcpuThread::VcpuThread(Machine& machine, size_t index, std::unique_ptr<Vcpu> vcpu,
                                VcpuMailbox& mailbox)
    : machine_(machine),
      index_(index),
      current_(std::move(vcpu)),
      vcpu_(current_.get()),
      mailbox_(mailbox),
      sleeper_(machine.timers_) {}

void Machine::VcpuThread::start() {
  thread_ = std::thread([this] { threadMain(); });
  pthread_setname_np(thread_.native_handle(), fmt::format("vcpu{}", index_).c_str());
}

void Machine::VcpuThread::setWish(Wish wish) {
  std::lock_guard lock(mutex_);
  wish_ = wish;
  parked_ = false;
  waitsForSwitch_ = false;
  stop_ = {};
  changed_.notify_all();
}

void Machine::VcpuThread::release() { setWish(Wish::Run); }

void Machine::VcpuThread::releaseStep(StepEvents events) {
  stepEvents_ = events;
  setWish(Wish::Step);
}

DebugStop Machine::VcpuThread::stopped() {
  std::lock_guard lock(mutex_);
  return stop_;
}

void Machine::VcpuThread::forgetStop() {
  std::lock_guard lock(mutex_);
  stop_ = {};
  shown_ = false;
}

void Machine::VcpuThread::askToPark() {
  {
    std::lock_guard lock(mutex_);
    if (parked_) return;
    if (wish_ != Wish::End) wish_ = Wish::Park;
  }
  vcpu().requestExit();
}

void Machine::VcpuThread::waitParked() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return parked_; });
}

void Machine::VcpuThread::end() {
  if (!thread_.joinable()) return;
  {
    std::lock_guard lock(mutex_);
    wish_ = Wish::End;
    changed_.notify_all();
  }
  vcpu().requestExit();
  thread_.join();
}

Machine::VcpuThread::Wish Machine::VcpuThread::waitForWish() {
  std::unique_lock lock(mutex_);
  while (wish_ == Wish::Park) {
    if (!parked_) {
      parked_ = true;
      changed_.notify_all();
    }
    changed_.wait(lock);
  }
  return wish_;
}

void Machine::VcpuThread::threadMain() {
  prctl(PR_SET_TIMERSLACK,
        1);  // a guest's timers are as exact as its kernel wants them: it has a slack of its own
  sleeper_.adoptThread();
  for (Wish wish = waitForWish(); wish != Wish::End; wish = waitForWish())
    wish == Wish::Run ? runSlice() : runStep();
  std::lock_guard lock(mutex_);
  parked_ = true;
  changed_.notify_all();
}

void Machine::VcpuThread::runSlice() {
  if (shown_ && !passShownBreakpoint()) return;
  if (machine_.clock_.kind() == VirtualClock::Kind::Counted)
    runCountedSlice();
  else
    runFree();
}

void Machine::VcpuThread::runFree() {
  if (stepsToSwitch_ == 0) return parkForSwitch();
  const VcpuExit exit = vcpu().run(RunBudget{stepsToSwitch_});
  if (stepsToSwitch_ != ~u64{0}) stepsToSwitch_ -= std::min(stepsToSwitch_, exit.steps);
  handle(exit);
}

void Machine::VcpuThread::parkForSwitch() {
  {
    std::lock_guard lock(mutex_);
    if (wish_ != Wish::Run) return;
    wish_ = Wish::Park;
    waitsForSwitch_ = true;
  }
  machine_.requestSwitchEngine();
}

VcpuMotion Machine::VcpuThread::motion() {
  std::lock_guard lock(mutex_);
  if (wish_ == Wish::Step) return VcpuMotion::Step;
  return wish_ == Wish::Run || waitsForSwitch_ ? VcpuMotion::Run : VcpuMotion::Stay;
}

void Machine::VcpuThread::resumeMotion(VcpuMotion motion) {
  if (motion == VcpuMotion::Run) release();
  if (motion == VcpuMotion::Step) releaseStep(stepEvents_);
}

void Machine::VcpuThread::changeEngine() {
  std::swap(current_, other_);
  vcpu_ = current_.get();
}

void Machine::VcpuThread::runCountedSlice() {
  VirtualClock& clock = machine_.clock_;
  const u64 budget = std::min(kCountedSlice, clock.instructionsUntil(machine_.timers_.nextDeadline()));
  const VcpuExit exit = vcpu().run(RunBudget{budget});
  clock.advanceInstructions(exit.steps);
  machine_.timers_.runDue();
  if (exit.reason != ExitReason::Halt) return handle(exit);
  // Nothing happens before the next timer: go there. Without one only the outside can wake us.
  const Nanoseconds next = machine_.timers_.nextDeadline();
  if (mailbox_.peek() & exit.wakeMask) return;
  if (next == std::numeric_limits<Nanoseconds>::max()) return idle(exit.wakeMask);
  clock.advanceTo(next);
  machine_.timers_.runDue();
}

VcpuExit Machine::VcpuThread::stepOnce(StepEvents events) {
  VcpuExit exit = vcpu().step(events);
  VirtualClock& clock = machine_.clock_;
  if (clock.kind() == VirtualClock::Kind::Counted && clock.running()) {
    clock.advanceInstructions(exit.steps);
    machine_.timers_.runDue();
  }
  return exit;
}

// False when the vCPU did not get further.
bool Machine::VcpuThread::passShownBreakpoint() {
  const VcpuExit exit = stepOnce(StepEvents::HoldBack);
  if (exit.reason == ExitReason::Cancelled && exit.instructions == 0) return false;
  shown_ = false;
  if (exit.reason == ExitReason::Budget || exit.reason == ExitReason::Halt) return true;
  handle(exit);
  return false;
}

// A halted vCPU can only step into its interrupt handler: such a step takes events, and waits for one.
void Machine::VcpuThread::runStep() {
  const VcpuExit exit = stepOnce(stepEvents_);
  const bool waits = exit.reason == ExitReason::Halt || exit.reason == ExitReason::WaitForSipi;
  if (exit.reason == ExitReason::Cancelled && exit.instructions == 0) return;
  shown_ = false;
  if (waits && exit.instructions == 0) {
    if (stepEvents_ == StepEvents::Take) return idle(exit.wakeMask);
    stepEvents_ = StepEvents::Take;
  } else if (exit.reason == ExitReason::Budget || waits || exit.reason == ExitReason::Cancelled) {
    parkForDebugger({DebugStop::Cause::Step, {}, {}});
  } else {
    handle(exit);
  }
}

void Machine::VcpuThread::parkForDebugger(const DebugStop& stop) {
  {
    std::lock_guard lock(mutex_);
    stop_ = stop;
    if (wish_ != Wish::End) wish_ = Wish::Park;
  }
  machine_.noteDebugStop();
}

// The timers that this vCPU has set are fired by its own thread meanwhile.
void Machine::VcpuThread::idle(u32 wakeMask) {
  wakeMask |= kMailExit | kMailWake;
  if (machine_.clock_.kind() == VirtualClock::Kind::Counted) {
    mailbox_.wait(wakeMask);
  } else {
    mailbox_.setKick(&kick_);
    while (!(mailbox_.word().load() & wakeMask)) {
      idleUntil(wakeMask, sleeper_.fallAsleep());
      sleeper_.fireDue();
    }
    sleeper_.awake();
    mailbox_.setKick(nullptr);
  }
  mailbox_.take(kMailWake);
}

void Machine::VcpuThread::idleUntil(u32 wakeMask, Nanoseconds deadline) {
  std::unique_lock lock(idleMutex_);
  const auto mail = [&] { return (mailbox_.word().load() & wakeMask) != 0; };
  if (deadline == std::numeric_limits<Nanoseconds>::max()) return mailCame_.wait(lock, mail);
  constexpr Nanoseconds kLongest = 3'600'000'000'000;
  const auto left = std::chrono::nanoseconds(std::min(deadline - machine_.clock_.now(), kLongest));
  mailCame_.wait_for(lock, left, mail);
}

void Machine::VcpuThread::wakeIdle() {
  const std::lock_guard lock(idleMutex_);
  mailCame_.notify_one();
}

void Machine::VcpuThread::handle(const VcpuExit& exit) {
  switch (exit.reason) {
    case ExitReason::Halt:
    case ExitReason::WaitForSipi:
      return idle(exit.wakeMask);
    case ExitReason::Budget:
    case ExitReason::Cancelled:
      return;
    case ExitReason::Shutdown:
      log(LogChannel::Reset, "vcpu {}: shutdown (triple fault)", index_);
      machine_.requestReset();
      return idle(0);  // until parked for the reset
    case ExitReason::Debug:
      return parkForDebugger(exit.debug);
    case ExitReason::EngineFault:
      machine_.requestEnd({EndReason::EngineFault, 1, fmt::format("vcpu {}: {}", index_, exit.message)});
      return idle(0);
  }
}

}  // namespace duet
