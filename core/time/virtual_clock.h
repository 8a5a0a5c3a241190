// Guest time. Nanoseconds since power-on; stands still while the machine is paused.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "core/base/types.h"
#include "core/time/tsc_scale.h"

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

  // Paravirtual time (kvmclock): nanoseconds that follow tsc() on one line, at the rate of TscScale::of(tscFrequency()),
  // so that it is the same on every vCPU, never goes back and stands still in pauses. 0 at the first start. Another line
  // is set while no vCPU runs, by an engine that kept this time itself and by a loaded state.
  TscLine paravirtualLine() const;
  void setParavirtualLine(const TscLine& line);
  // Times that the clock was started again after a stop.
  u32 pauses() const { return pauses_.load(std::memory_order_acquire); }
  // What a calendar showed at time 0, in nanoseconds since 1970. Before the first start.
  void setCalendarStart(Nanoseconds time) { calendarStart_ = time; }
  Nanoseconds calendarStart() const { return calendarStart_; }

  // The host's calendar (nanoseconds since 1970) and tsc() at one moment. Counted time has nothing to do with it.
  struct CalendarPair {
    Nanoseconds time;
    u64 tsc;
  };
  std::optional<CalendarPair> hostCalendar() const;

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
  TscLine line_;
  bool begun_ = false, lineBegun_ = false;
  std::atomic<u32> pauses_{0};
  Nanoseconds calendarStart_ = 0;
};

// Host TSC frequency in Hz, measured once against CLOCK_MONOTONIC (or CPUID 15h where given).
u64 hostTscFrequency();

}  // namespace duet
