// A clock that stands still unless told, timers run by hand, and a recording interrupt pin.
#pragma once

#include <vector>

#include "core/bus/irq_line.h"
#include "core/time/timer_queue.h"
#include "core/time/virtual_clock.h"

namespace duet::hw {

struct ManualTime {
  VirtualClock clock{VirtualClock::Kind::Counted};
  TimerQueue timers{clock};

  // Runs to `time`, firing every timer at its own deadline on the way.
  void advanceTo(Nanoseconds time) {
    while (timers.nextDeadline() <= time) {
      clock.advanceTo(timers.nextDeadline());
      timers.runDue();
    }
    clock.advanceTo(time);
    timers.runDue();
  }
  void advance(Nanoseconds delta) { advanceTo(clock.now() + delta); }
};

struct RecordingSink : IrqSink {
  std::vector<bool> levels = std::vector<bool>(64);
  std::vector<unsigned> rises = std::vector<unsigned>(64);
  void setIrqLevel(unsigned pin, bool level) override {
    if (level && !levels[pin]) ++rises[pin];
    levels[pin] = level;
  }
};

}  // namespace duet::hw
