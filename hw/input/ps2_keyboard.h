// A PS/2 keyboard's command set (IBM PS/2 Technical Reference, keyboard section).
#pragma once

#include "hw/input/ps2_queue.h"

namespace duet::hw {

// A value without a lock; the controller guards it.
struct Ps2Keyboard {
  Ps2Queue out;
  u8 awaiting = 0;  // command whose parameter byte comes next, or 0
  u8 leds = 0;
  u8 scancodeSet = 2;
  u8 typematic = 0x2b;
  bool scanning = true;
  static constexpr auto fields() {
    using S = Ps2Keyboard;
    return duet::fields(field("out", &S::out), field("awaiting", &S::awaiting), field("leds", &S::leds),
                        field("scancodeSet", &S::scancodeSet), field("typematic", &S::typematic),
                        field("scanning", &S::scanning));
  }

  void write(u8 byte);

 private:
  void setDefaults();
  void parameter(u8 command, u8 byte);
};

}  // namespace duet::hw
