// The high-precision event timer (IA-PC HPET specification 1.0a): a 100 MHz counter and three comparators.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"

namespace duet::hw {

struct HpetComparator {
  u32 config = 0;         // writable bits of Tn_CONF
  u64 compare = ~u64{0};  // the next match
  u64 period = 0;         // periodic mode: added at each match
  static constexpr auto fields() {
    using S = HpetComparator;
    return duet::fields(field("config", &S::config), field("compare", &S::compare),
                        field("period", &S::period));
  }
};

struct HpetState {
  static constexpr unsigned kTimers = 3;
  u32 config = 0;   // ENABLE_CNF, LEG_RT_CNF
  u32 status = 0;   // level-triggered interrupts not yet cleared
  u64 counter = 0;  // while stopped; else its value at `started`
  i64 started = 0;
  std::array<HpetComparator, kTimers> timers{};
  u8 legacyInputs = 0;  // levels of the wires the legacy route replaces
  static constexpr auto fields() {
    using S = HpetState;
    return duet::fields(field("config", &S::config), field("status", &S::status),
                        field("counter", &S::counter), field("started", &S::started),
                        field("timers", &S::timers), field("legacyInputs", &S::legacyInputs));
  }
};

// Range 0: 1 KiB of registers. The 8254's and the RTC's interrupt wires go through here (sink pins 0 and 1)
// because the legacy replacement route disconnects them and puts timers 0 and 1 in their place.
class Hpet final : public StatefulDevice, public IoHandler, public IrqSink {
 public:
  static constexpr unsigned kTimers = HpetState::kTimers;
  static constexpr u64 kWindowSize = 0x400;
  enum LegacyPin : unsigned { kPitPin, kRtcPin };

  static constexpr unsigned kFirstRoute = 20, kRoutes = 4;

  // `irq0` and `irq8` are the ISA wires, `routes` those to the IOAPIC's inputs 20..23.
  // `pitConnected` hears whether the 8254's wire goes through, whenever that may have changed.
  Hpet(
      IrqLine irq0, IrqLine irq8, const std::array<IrqLine, kRoutes>& routes, TimerQueue& timers,
      std::function<void(bool)> pitConnected = [](bool) {});
  ~Hpet() override;

  void setIrqLevel(unsigned pin, bool level) override;
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  std::string_view name() const override { return "hpet"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  u64 counter() const;
  u64 readRegister(u64 offset) const;
  void writeRegister(u64 offset, u64 value, u64 mask);
  void writeTimer(unsigned n, u64 reg, u64 value, u64 mask);
  void writeConfig(u32 value);
  bool enabled() const { return state_.config & 1; }
  bool legacy() const { return state_.config & 2; }
  IrqLine lineOf(unsigned n) const;
  void drive(unsigned n);  // level of a level-triggered timer's wire
  void driveLegacy();
  void arm(unsigned n);
  HpetComparator comparator(unsigned n) const;
  void fired(unsigned n);

  const std::array<IrqLine, 2> legacyLines_;
  const std::array<IrqLine, kRoutes> routes_;
  const std::function<void(bool)> pitConnected_;
  VirtualClock& clock_;
  mutable std::mutex mutex_;
  HpetState state_;
  std::array<u64, kTimers> seen_{};  // the counter when the comparator was last brought up to date
  std::array<std::unique_ptr<Timer>, kTimers> timers_;
};

}  // namespace duet::hw
