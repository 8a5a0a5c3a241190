// A PS/2 mouse's command set, with the wheel protocol of the IntelliMouse.
#pragma once

#include "hw/input/ps2_queue.h"

namespace duet::hw {

// A value without a lock; the controller guards it.
struct Ps2Mouse {
  Ps2Queue out;
  u8 awaiting = 0;
  u8 resolution = 2, sampleRate = 100;
  bool scaling = false, remote = false, reporting = false, wrap = false;
  std::array<u8, 3> lastRates{};  // 200, 100, 80 in a row turns the wheel on
  bool wheel = false;
  static constexpr auto fields() {
    using S = Ps2Mouse;
    return duet::fields(field("out", &S::out), field("awaiting", &S::awaiting),
                        field("resolution", &S::resolution), field("sampleRate", &S::sampleRate),
                        field("scaling", &S::scaling), field("remote", &S::remote),
                        field("reporting", &S::reporting), field("wrap", &S::wrap),
                        field("lastRates", &S::lastRates), field("wheel", &S::wheel));
  }

  void write(u8 byte);

 private:
  void setDefaults();
  void command(u8 byte);
  void parameter(u8 command, u8 byte);
};

}  // namespace duet::hw
