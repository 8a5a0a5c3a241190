// One counter of the 8254 as a function of time. Times are ticks of its 1.193182 MHz clock.
#pragma once

#include "core/base/types.h"
#include "core/cpu/interrupt_chips.h"
#include "core/state/fields.h"

namespace duet::hw {

struct PitChannel {
  u8 mode = 0;    // 0..5
  u8 access = 3;  // 1: low byte, 2: high byte, 3: low then high
  bool bcd = false;
  bool gate = true;
  bool loaded = false;    // a count has been written since the control word
  bool counting = false;  // the counting element runs or is paused (modes 1, 5: was triggered)
  bool paused = false;    // gate low in modes 0, 2, 3 and 4
  u32 count = 0x10000;    // clocks, 1..10000h (2710h in BCD)
  u32 nextCount =
      0;  // written while counting, 0: none; modes 2, 3 take it at the end of the period, 1, 5 when triggered
  u64 start = 0;  // tick at which counting began; while paused, the ticks already counted
  u16 latch = 0;
  u8 latchedBytes = 0;  // bytes of `latch` still to be read
  u8 status = 0;
  bool statusLatched = false;
  bool readHigh = false;
  bool writeHigh = false;
  u8 writeLow = 0;

  static constexpr u64 kNever = ~u64{0};

  void control(u8 value);  // control word: access, mode, bcd
  void writeByte(u8 value, u64 now);
  u8 readByte(u64 now);
  void latchCount(u64 now);
  void latchStatus(u64 now);
  void setGate(bool level, u64 now);
  bool out(u64 now);
  u64 nextRise(u64 now);  // first tick after `now` at which OUT rises, or kNever
  // Times in an image are nanoseconds (pit_hand_over.cpp).
  PitChannelImage image(u64 now);
  void setImage(const PitChannelImage& image, u64 now);

  static constexpr auto fields() {
    using S = PitChannel;
    return duet::fields(
        field("mode", &S::mode), field("access", &S::access), field("bcd", &S::bcd), field("gate", &S::gate),
        field("loaded", &S::loaded), field("counting", &S::counting), field("paused", &S::paused),
        field("count", &S::count), field("nextCount", &S::nextCount), field("start", &S::start),
        field("latch", &S::latch), field("latchedBytes", &S::latchedBytes), field("status", &S::status),
        field("statusLatched", &S::statusLatched), field("readHigh", &S::readHigh),
        field("writeHigh", &S::writeHigh), field("writeLow", &S::writeLow));
  }

 private:
  bool periodic() const { return mode == 2 || mode == 3; }
  bool triggered() const { return mode == 1 || mode == 5; }
  u64 elapsed(u64 now) const { return paused ? start : now > start ? now - start : 0; }
  void takeNextCount(u64 now);
  void load(u16 value, u64 now);
  u16 value(u64 now);
};

}  // namespace duet::hw
