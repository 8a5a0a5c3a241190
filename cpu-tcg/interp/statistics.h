// The counters of all vCPUs, and the table of them.
#pragma once

#include <x86intrin.h>

#include <chrono>
#include <deque>
#include <mutex>
#include <string>

#include "cpu-tcg/runtime/counters.h"

namespace duet::tcg {

// add() from any thread; table() while no vCPU runs.
class Statistics {
 public:
  Counters& add(unsigned vcpu);
  // One column a vCPU. What is 0 on all of them is left out.
  std::string table() const;

 private:
  struct Member {
    unsigned vcpu;
    Counters counters;
  };
  // The time since it was made, by both clocks.
  class Ticks {
   public:
    u64 nanoseconds(u64 ticks) const;

   private:
    const std::chrono::steady_clock::time_point time_ = std::chrono::steady_clock::now();
    const u64 ticks_ = __rdtsc();
  };
  std::mutex mutex_;
  std::deque<Member> members_;
  const Ticks ticks_;
};

}  // namespace duet::tcg
