// The MC146818 real-time clock and CMOS memory of a PC, with the second 128-byte bank of ICH chips.
#pragma once

#include <array>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"
#include "hw/timer/calendar.h"

namespace duet::hw {

struct CmosRtcState {
  u8 index = 0;
  u8 extendedIndex = 0x80;
  u8 a = 0x26, b = 0x02, c = 0;  // registers A, B, C
  std::array<u8, 10> held{};  // time registers while SET or the divider reset holds the clock; alarms always
  std::array<u8, 256> memory{};  // 14.. of the first bank, and the second
  i64 epoch = 0;                 // calendar at guest time 0: seconds since 1970
  u32 epochNs = 0;               // and their fraction
  u8 weekdayShift = 0;           // what the guest wrote, minus the date's own, modulo 7
  i64 checked = 0;               // guest time up to which PF, AF and UF are settled
  i64 nextEvent = -1;            // guest time of the next enabled interrupt; -1: none

  static constexpr auto fields() {
    using S = CmosRtcState;
    return duet::fields(field("index", &S::index), field("extendedIndex", &S::extendedIndex),
                        field("a", &S::a), field("b", &S::b), field("c", &S::c), field("held", &S::held),
                        field("memory", &S::memory), field("epoch", &S::epoch), field("epochNs", &S::epochNs),
                        field("weekdayShift", &S::weekdayShift), field("checked", &S::checked),
                        field("nextEvent", &S::nextEvent));
  }
};

// Range 0: ports 70h..73h.
class CmosRtc final : public StatefulDevice, public IoHandler {
 public:
  struct Config {
    i64 startSeconds = 0;  // calendar at guest time 0, seconds since 1970 (rtcBaseSeconds)
    u64 memoryBelow4G = 0, memoryAbove4G = 0;  // bytes, for firmware
    unsigned cpus = 1;
  };
  CmosRtc(const Config& config, IrqLine irq, TimerQueue& timers);

  // Firmware settings such as the boot order; kept over reset. Registers 0..13 are not memory: ignored.
  void setMemory(u8 index, u8 value);

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  std::string_view name() const override { return "cmos_rtc"; }
  // CMOS memory and the calendar live on a battery: only registers B, C and the index are reset.
  void reset() override;
  void wake() override {}  // on standby power, alarm and all
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  bool dividerHeld() const;
  void restartDivider(Nanoseconds now);
  bool stopped() const;  // SET, or the divider chain held in reset
  // The calendar in whole seconds, and how far into the second it is.
  i64 seconds(Nanoseconds now) const;
  i64 fraction(Nanoseconds now) const;
  CivilTime current(Nanoseconds now) const;
  void holdTime(Nanoseconds now);
  void releaseTime(Nanoseconds now);
  void readFields(const CivilTime& t, std::array<u8, 10>& registers) const;
  void writeFields(const std::array<u8, 10>& registers, Nanoseconds now);
  u8 encode(unsigned value) const;
  unsigned decode(u8 value) const;
  u8 encodeHour(unsigned hour) const;
  unsigned decodeHour(u8 value) const;
  Nanoseconds periodNs() const;  // 0: none
  bool alarmMatches(i64 seconds) const;
  void settle(Nanoseconds now);   // sets PF, AF, UF for what happened since
  void refresh(Nanoseconds now);  // IRQ level and next timer
  u8 readRegister(u8 index);
  void writeRegister(u8 index, u8 value);
  void timerFired();

  const Config config_;
  const IrqLine irq_;
  VirtualClock& clock_;
  mutable std::mutex mutex_;
  CmosRtcState state_;
  static constexpr i64 kNothing = INT64_MIN;
  i64 shown_ = kNothing;  // the second that `held` was last read at
  Timer timer_;
};

}  // namespace duet::hw
