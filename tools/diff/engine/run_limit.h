// Ends a run that would not end by itself.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "core/cpu/cpu_backend.h"

namespace duet::diff {

// Engines that count end after a case's steps. For those that cannot, or only at the price of a step a time, a thread asks
// them to stop after some time: ExitReason::Budget then, too.
class RunLimit {
 public:
  explicit RunLimit(bool countsSteps);
  ~RunLimit();
  VcpuExit run(Vcpu& vcpu, u64 steps);

 private:
  using Clock = std::chrono::steady_clock;
  // For cases of some instructions: far beyond what they take on the slowest engine.
  static constexpr std::chrono::milliseconds kPatience{200};

  void watch();

  const bool counts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Vcpu* running_ = nullptr;  // since `since_`
  Clock::time_point since_;
  bool expired_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace duet::diff
