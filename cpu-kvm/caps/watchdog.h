// Ends a KVM_RUN of the calling thread that takes too long.
#pragma once

#include <chrono>
#include <ctime>

namespace duet::kvm {

// Counts the thread's own CPU time, so that a busy host changes nothing. From `limit` on it interrupts system calls of
// the thread again and again, every millisecond, until it is destroyed.
class Watchdog {
 public:
  explicit Watchdog(std::chrono::milliseconds limit);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  double elapsed() const;  // seconds
  bool expired() const { return elapsed() * 1000 >= static_cast<double>(limit_.count()); }

 private:
  const std::chrono::milliseconds limit_;
  double start_;
  timer_t timer_{};
  bool armed_ = false;
};

}  // namespace duet::kvm
