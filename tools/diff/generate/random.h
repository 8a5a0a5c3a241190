// The generator's source of chance: small, and the same numbers from the same seed on every host.
#pragma once

#include <cstddef>

#include "core/base/types.h"

namespace duet::diff {

// SplitMix64: one addition and a mixing of bits a number.
class Random {
 public:
  explicit Random(u64 seed) : state_(seed) {}

  u64 operator()() {
    u64 z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  // 0 .. n-1; n is at least 1.
  unsigned below(unsigned n) { return static_cast<unsigned>(((*this)() >> 32) * n >> 32); }
  bool oneIn(unsigned n) { return below(n) == 0; }
  // Both ends included.
  i64 between(i64 low, i64 high) {
    return low + static_cast<i64>(below(static_cast<unsigned>(high - low + 1)));
  }

  template <class T, size_t N>
  T of(const T (&list)[N]) {
    return list[below(N)];
  }

 private:
  u64 state_;
};

}  // namespace duet::diff
