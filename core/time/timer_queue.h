// One-shot timers on guest time.
#pragma once

#include <functional>
#include <memory>

#include "core/time/virtual_clock.h"

namespace duet {

class TimerQueue;

// Owned by a device. Threads: any method from any thread. The callback runs on the queue's thread or a sleeping
// vCPU's (host clock), or on the vCPU thread between blocks (counted clock), never inside arm()/cancel(), with no
// queue lock held; the device takes its own lock inside it. After cancel() returns from another
// thread a callback may still be running; the destructor waits for it.
class Timer {
 public:
  Timer(TimerQueue& queue, std::function<void()> callback);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void arm(Nanoseconds deadline);  // replaces an earlier deadline; a past one fires at once
  void cancel();
  bool armed() const;
  Nanoseconds deadline() const;  // meaningful while armed

 private:
  friend class TimerQueue;
  friend class TimerSleeper;
  struct Node;
  TimerQueue& queue_;
  std::shared_ptr<Node> node_;
};

// A thread that arms timers and then sleeps, as a halted vCPU's: it fires those itself, which spares waking the queue's
// thread first. Host clock alone; outlived by the queue. Threads: its own.
class TimerSleeper {
 public:
  explicit TimerSleeper(TimerQueue& queue);
  ~TimerSleeper();
  TimerSleeper(const TimerSleeper&) = delete;
  TimerSleeper& operator=(const TimerSleeper&) = delete;

  void adoptThread();  // once: what the calling thread arms from now on is this one's
  // The thread is about to sleep until `deadline` of its first timer (guest time; INT64_MAX: none). Again after each fireDue().
  Nanoseconds fallAsleep();
  void fireDue();
  void awake();  // the queue's thread fires them again

 private:
  friend class Timer;
  struct State;
  TimerQueue& queue_;
  const std::shared_ptr<State> state_;
};

class TimerQueue {
 public:
  explicit TimerQueue(VirtualClock& clock);
  ~TimerQueue();

  VirtualClock& clock() { return clock_; }
  // Host clock: a thread of our own fires timers, but for those of sleepers. Counted clock: start/stop do nothing, the machine
  // calls runDue() and nextDeadline().
  void start();
  void stop();
  void runDue();                     // fires everything due at clock().now()
  Nanoseconds nextDeadline() const;  // INT64_MAX when nothing is armed

 private:
  friend class Timer;
  friend class TimerSleeper;
  struct Impl;
  VirtualClock& clock_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duet
