// The host thread of one vCPU: runs it, waits for it while it is halted, parks it while paused.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "core/machine/machine.h"

namespace duet {

class Machine::VcpuThread {
 public:
  VcpuThread(Machine& machine, size_t index, std::unique_ptr<Vcpu> vcpu, VcpuMailbox& mailbox);
  ~VcpuThread() { end(); }

  Vcpu& vcpu() { return *vcpu_.load(); }  // of the engine that runs; only while parked or not started
  VcpuMailbox& mailbox() { return mailbox_; }

  // Control thread. start() makes the thread in the parked state.
  void start();
  void release();                       // let it run
  void releaseStep(StepEvents events);  // let it do one step
  void askToPark();                     // returns at once
  void waitParked();
  void end();  // stop and join; idempotent

  // --- two engines; control thread, while parked (motion(): any time)
  // What it does now, a wait for the switch included, and how it goes on with that.
  VcpuMotion motion();
  void resumeMotion(VcpuMotion motion);
  void addOther(std::unique_ptr<Vcpu> vcpu) { other_ = std::move(vcpu); }
  Vcpu* other() { return other_.get(); }
  void changeEngine();
  // After so many steps of run() it stops and asks for the switch; ~0: never.
  void setStepsToSwitch(u64 steps) { stepsToSwitch_ = steps; }

  // --- a debugger; control thread, while parked (stopped(): any time)
  // What it stopped for since it was last released; None: somebody else stopped it.
  DebugStop stopped();
  void forgetStop();
  // The debugger has been shown where it stands: it does not stop there again before it has moved.
  void setShown(bool shown) { shown_ = shown; }

 private:
  enum class Wish : u8 { Park, Run, Step, End };

  void threadMain();
  void runSlice();         // one run() and what follows from its exit
  void runCountedSlice();  // deterministic: between two timer deadlines
  void runStep();          // until the one step is done
  void runFree();          // until something happens, or the switch is due
  void parkForSwitch();
  bool passShownBreakpoint();
  VcpuExit stepOnce(StepEvents events);
  void handle(const VcpuExit& exit);
  void parkForDebugger(const DebugStop& stop);
  void setWish(Wish wish);
  void idle(u32 wakeMask);
  void idleUntil(u32 wakeMask, Nanoseconds deadline);
  void wakeIdle();
  Wish waitForWish();

  Machine& machine_;
  size_t index_;
  std::unique_ptr<Vcpu> current_, other_;
  std::atomic<Vcpu*> vcpu_;  // current_; any thread asks it to exit
  VcpuMailbox& mailbox_;
  TimerSleeper sleeper_;
  std::mutex idleMutex_;
  std::condition_variable mailCame_;
  const std::function<void()> kick_ = [this] { wakeIdle(); };
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Wish wish_ = Wish::Park;
  bool parked_ = true;
  DebugStop stop_;
  StepEvents stepEvents_ = StepEvents::Take;
  bool shown_ = false;
  u64 stepsToSwitch_ = ~u64{0};
  bool waitsForSwitch_ = false;
};

}  // namespace duet
