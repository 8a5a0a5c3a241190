// One-shot timers on guest time.
#pragma once

#include <functional>
#include <memory>

#include "core/time/virtual_clock.h"

namespace duet {

class TimerQueue;

// Owned by a device. Threads: any method from any thread. The callback runs on the queue's thread (host
// clock) or on the vCPU thread between blocks (counted clock), never inside arm()/cancel(), with no
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
  struct Node;
  TimerQueue& queue_;
  std::shared_ptr<Node> node_;
};

class TimerQueue {
 public:
  explicit TimerQueue(VirtualClock& clock);
  ~TimerQueue();

  VirtualClock& clock() { return clock_; }
  // Host clock: a thread of our own fires timers. Counted clock: start/stop do nothing, the machine
  // calls runDue() and nextDeadline().
  void start();
  void stop();
  void runDue();                     // fires everything due at clock().now()
  Nanoseconds nextDeadline() const;  // INT64_MAX when nothing is armed

 private:
  friend class Timer;
  struct Impl;
  VirtualClock& clock_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duet
