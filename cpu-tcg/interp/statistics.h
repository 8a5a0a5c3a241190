// The counters of all vCPUs, and the table of them.
#pragma once

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
  std::mutex mutex_;
  std::deque<Member> members_;
};

}  // namespace duet::tcg
