#include "core/time/tsc_scale.h"

namespace duet {

TscScale TscScale::of(u64 hertz) {
  constexpr u64 kSecond = 1'000'000'000;
  TscScale scale{0, 0};
  // kSecond / hertz = multiplier / 2^32 * 2^shift, with the multiplier in [2^31, 2^32).
  u128 ratio = (u128{kSecond} << 64) / hertz;  // in units of 2^-64
  while (ratio >> 64) {
    ratio >>= 1;
    ++scale.shift;
  }
  while (!(ratio >> 63)) {
    ratio <<= 1;
    --scale.shift;
  }
  const u128 rounded = (ratio + (u128{1} << 31)) >> 32;
  scale.multiplier = rounded >> 32 ? ~u32{0} : static_cast<u32>(rounded);
  return scale;
}

u64 TscScale::nanoseconds(u64 ticks) const {
  const u64 shifted = shift >= 0 ? ticks << shift : ticks >> -shift;
  return static_cast<u64>(u128{shifted} * multiplier >> 32);
}

}  // namespace duet
