// Bit helpers that <bit> lacks.
#pragma once

#include <bit>
#include <concepts>

#include "core/base/types.h"

namespace duet {

constexpr u64 bit(unsigned n) { return u64{1} << n; }
constexpr bool testBit(u64 value, unsigned n) { return (value >> n) & 1; }

// Mask of the low `n` bits, n in 0..64.
constexpr u64 lowMask(unsigned n) { return n >= 64 ? ~u64{0} : bit(n) - 1; }

// Bits [hi:lo] of value, as the manuals write them.
constexpr u64 bits(u64 value, unsigned hi, unsigned lo) { return (value >> lo) & lowMask(hi - lo + 1); }

// The low `width` bits of value, sign-extended to 64.
constexpr u64 signExtend(u64 value, unsigned width) {
  const unsigned shift = 64 - width;
  return static_cast<u64>(static_cast<i64>(value << shift) >> shift);
}

constexpr u64 alignDown(u64 value, u64 alignment) { return value & ~(alignment - 1); }
constexpr u64 alignUp(u64 value, u64 alignment) { return (value + alignment - 1) & ~(alignment - 1); }

}  // namespace duet
