// The ACPI power-management timer as a function of guest time: 3.579545 MHz, 24 or 32 bits.
#pragma once

#include "core/base/bits.h"
#include "core/base/types.h"
#include "core/time/virtual_clock.h"

namespace duet::hw {

inline constexpr u64 kPmTimerHz = 3579545;

// A value without state of its own: it counts from guest time 0.
class AcpiPmTimer {
 public:
  explicit constexpr AcpiPmTimer(unsigned width = 24) : width_(width) {}

  u32 value(Nanoseconds now) const { return static_cast<u32>(ticks(now) & lowMask(width_)); }
  // How often the top bit has toggled: TMR_STS is set at each change (ACPI 4.8.3.1).
  u64 toggles(Nanoseconds now) const { return ticks(now) >> (width_ - 1); }
  // Guest time at which toggles() becomes `count`.
  Nanoseconds timeOfToggle(u64 count) const {
    return static_cast<Nanoseconds>(((u128(count) << (width_ - 1)) * 1'000'000'000 + kPmTimerHz - 1) /
                                    kPmTimerHz);
  }

 private:
  static u64 ticks(Nanoseconds now) {
    return static_cast<u64>(u128(static_cast<u64>(now)) * kPmTimerHz / 1'000'000'000);
  }
  unsigned width_;
};

}  // namespace duet::hw
