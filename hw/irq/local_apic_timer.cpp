// The local APIC timer: one-shot, periodic, TSC-deadline (SDM vol. 3 11.5.4).
#include <algorithm>

#include "core/base/bits.h"
#include "hw/irq/local_apic.h"

namespace duet::hw {

namespace {
// A guest may ask for a period of a nanosecond; expirations closer than this merge into one.
constexpr Nanoseconds kShortestRearm = 20'000;
}  // namespace

// Bits 3, 1, 0: 000 is 2, 001 is 4, … 110 is 128, 111 is 1.
u32 LocalApic::timerDivisor() const {
  const u32 code = ((state_.timerDivide >> 1) & 4) | (state_.timerDivide & 3);
  return 1u << ((code + 1) & 7);
}

// What is left to the next expiration. In periodic mode the callback may be late, and short periods merge.
u32 LocalApic::currentCount() const {
  if (timerMode() == 2 || !state_.timerRunning || state_.timerInitial == 0) return 0;
  const i64 left = state_.timerNext - clock_.now(), divisor = timerDivisor(), initial = state_.timerInitial;
  const i64 ticks = left > 0 ? (left - 1) / divisor + 1 : left / divisor;
  if (timerMode() == 1) return static_cast<u32>(((ticks - 1) % initial + initial) % initial + 1);
  return static_cast<u32>(std::clamp<i64>(ticks, 0, initial));
}

// The counting element goes on from `count` under the mode and divisor now in force.
void LocalApic::continueFrom(u32 count) {
  if (timerMode() == 2 || !state_.timerRunning) return;
  state_.timerNext = clock_.now() + static_cast<i64>(u64{count} * timerDivisor());
  armTimer();
}

void LocalApic::stopTimer() {
  state_.timerRunning = false;
  timer_.cancel();
}

void LocalApic::armTimer() {
  if (state_.timerRunning && !handedOver_) timer_.arm(state_.timerNext);
}

void LocalApic::startCount() {
  stopTimer();
  if (state_.timerInitial == 0) return;
  state_.timerNext = clock_.now() + periodNs();
  state_.timerRunning = true;
  armTimer();
}

i64 LocalApic::periodNs() const { return static_cast<i64>(u64{state_.timerInitial} * timerDivisor()); }

void LocalApic::writeTscDeadline(u64 value) {
  if (timerMode() != 2) return;  // ignored in the other modes
  settleTimer();
  stopTimer();
  state_.tscDeadline = value;
  if (value == 0) return;
  if (value <= clock_.tsc()) {  // a deadline in the past is due at once
    state_.tscDeadline = 0;
    deliverLocal(kLvtTimer);
    return;
  }
  state_.timerNext = timeOfDeadline();
  state_.timerRunning = true;
  armTimer();
}

// Never early: a guest that reads the TSC in its handler must see the deadline passed.
Nanoseconds LocalApic::timeOfDeadline() const {
  const Nanoseconds due = clock_.timeOfTsc(state_.tscDeadline);
  return due < INT64_MAX ? due + 1 : due;
}

void LocalApic::timerFired() {
  const std::lock_guard lock(mutex_);
  if (!handedOver_) settleTimer();
}

// What is due happens: from the callback, which may be late or outlive the arm() that caused it, and before the guest
// changes the timer or reads the deadline.
void LocalApic::settleTimer() {
  const Nanoseconds now = clock_.now();
  if (!state_.timerRunning || now < state_.timerNext) return;
  if (timerMode() == 1 && state_.timerInitial != 0) {
    const i64 period = periodNs();
    const Nanoseconds earliest =
        std::max(now + 1, std::min(now + kShortestRearm, state_.timerNext + kShortestRearm));
    const i64 missed = std::max<i64>(1, (earliest - state_.timerNext + period - 1) / period);
    state_.timerNext += missed * period;
    armTimer();
  } else {
    state_.timerRunning = false;
    state_.tscDeadline = 0;
  }
  deliverLocal(kLvtTimer);
}

}  // namespace duet::hw
