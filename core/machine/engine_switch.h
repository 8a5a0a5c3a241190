// The two engines of a machine: which one runs it, when they change places by themselves, and how long that took.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/cpu_backend.h"
#include "core/time/timer_queue.h"

namespace duet {

// How often a machine changes engines by itself. Zeros: never.
struct SwitchPeriod {
  u64 instructions = 0;  // of one vCPU; an engine that cannot count takes a nanosecond for each
  Nanoseconds time = 0;  // guest time
  bool any() const { return instructions || time; }
};

// How long the vCPUs stood still, from the request to stop the first until the last was let go.
struct SwitchTimes {
  u64 count = 0;
  Nanoseconds median = 0;  // of the last thousand
  Nanoseconds worst = 0;   // of all
};

// Gives the engine not in use, when it is first wanted: on the control thread, the machine may be running. It outlives the
// machine's vCPUs. Fails with the reason why there is none.
using FindEngine = std::function<Result<CpuBackend*>()>;

// Threads: the control thread.
class EngineSwitch {
 public:
  EngineSwitch(CpuBackend& running, std::vector<VcpuEnv> envs, FindEngine find);

  CpuBackend& running() { return *running_; }
  // Finds it at the first call.
  Result<CpuBackend*> other();
  // Its vCPUs, before it was ever active.
  Result<std::vector<std::unique_ptr<Vcpu>>> makeVcpus();
  void changePlaces() { std::swap(running_, other_); }

  // When the next switch is due: `request` is called then, from any thread, or the vCPU that has run so many steps asks.
  void setPeriod(TimerQueue& timers, const SwitchPeriod& period, std::function<void()> request);
  const SwitchPeriod& period() const { return period_; }
  // A new period begins; steps a vCPU may make in it.
  u64 beginPeriod();

  void note(Nanoseconds pause);
  SwitchTimes times() const;

 private:
  CpuBackend* running_;
  CpuBackend* other_ = nullptr;
  std::vector<VcpuEnv> envs_;
  FindEngine find_;
  SwitchPeriod period_;
  std::unique_ptr<Timer> timer_;
  VirtualClock* clock_ = nullptr;
  std::vector<Nanoseconds> pauses_;
  u64 count_ = 0;
  Nanoseconds worst_ = 0;
};

}  // namespace duet
