// Guest time. Nanoseconds since power-on; stands still while the machine is paused.
#pragma once

#include <atomic>
#include <mutex>

#include "core/base/types.h"

namespace duet {

using Nanoseconds = i64;

// Two kinds: host (follows CLOCK_MONOTONIC while running) and counted (deterministic: advanced only by
// advanceInstructions / advanceTo; one instruction or delivered event is 2^shift ns, as in
// `-accel tcg,deterministic=on`).
// Threads: now() and tsc() from any; start/stop from the machine thread.
class VirtualClock {
 public:
  enum class Kind : u8 { Host, Counted };
  explicit VirtualClock(Kind kind = Kind::Host, unsigned counterShift = 0);

  Kind kind() const { return kind_; }
  Nanoseconds now() const;
  void start();
  void stop();
  bool running() const;

  // Counted clock only; `advanceTo` never goes back.
  void advanceInstructions(u64 count);
  void advanceTo(Nanoseconds time);
  // Instructions until `time` is reached, at least 1 (the vCPU's budget).
  u64 instructionsUntil(Nanoseconds time) const;

  // Guest TSC: host kind = host TSC + offset (offset 0 until the first pause); counted kind = derived
  // from now() at tscFrequency().
  u64 tsc() const;
  u64 tscFrequency() const { return tscFrequency_; }  // Hz
  u64 tscOffset() const { return tscOffset_.load(std::memory_order_relaxed); }
  Nanoseconds timeOfTsc(u64 tsc) const;  // guest time at which the TSC reads `tsc` (past or future)

  // Snapshot: continue from a saved time (while stopped).
  void restore(Nanoseconds time, u64 tscValue);

 private:
  Kind kind_;
  unsigned shift_;
  u64 tscFrequency_;
  mutable std::mutex mutex_;
  std::atomic<bool> running_{false};
  std::atomic<i64> offset_{0};  // host: now = host monotonic + offset_
  std::atomic<i64> frozen_{0};  // value while stopped; counted: the time
  std::atomic<u64> tscOffset_{0};
  u64 frozenTsc_ = 0;
};

// Host TSC frequency in Hz, measured once against CLOCK_MONOTONIC (or CPUID 15h where given).
u64 hostTscFrequency();

}  // namespace duet
