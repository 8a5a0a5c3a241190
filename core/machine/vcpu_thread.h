// The host thread of one vCPU: runs it, waits for it while it is halted, parks it while paused.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/machine/machine.h"

namespace duet {

class Machine::VcpuThread {
 public:
  VcpuThread(Machine& machine, size_t index, std::unique_ptr<Vcpu> vcpu, VcpuMailbox& mailbox);
  ~VcpuThread() { end(); }

  Vcpu& vcpu() { return *vcpu_; }  // only while parked or not started
  VcpuMailbox& mailbox() { return mailbox_; }

  // Control thread. start() makes the thread in the parked state.
  void start();
  void release();                       // let it run
  void releaseStep(StepEvents events);  // let it do one step
  void askToPark();                     // returns at once
  void waitParked();
  void end();  // stop and join; idempotent

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
  bool passShownBreakpoint();
  VcpuExit stepOnce(StepEvents events);
  void handle(const VcpuExit& exit);
  void parkForDebugger(const DebugStop& stop);
  void setWish(Wish wish);
  void idle(u32 wakeMask);
  Wish waitForWish();

  Machine& machine_;
  size_t index_;
  std::unique_ptr<Vcpu> vcpu_;
  VcpuMailbox& mailbox_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Wish wish_ = Wish::Park;
  bool parked_ = true;
  DebugStop stop_;
  StepEvents stepEvents_ = StepEvents::Take;
  bool shown_ = false;
};

}  // namespace duet
