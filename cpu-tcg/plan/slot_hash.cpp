#include "cpu-tcg/plan/slot_hash.h"

#include <bit>

namespace duet::tcg::region {
namespace {

constexpr u32 kMostBits = 6;

bool tellsApart(const SlotHash& hash, std::span<const u64> numbers) {
  static_assert(kMostBits <= 6);
  u64 taken = 0;
  for (const u64 n : numbers) {
    const u64 slot = u64{1} << hash.of(n);
    if (taken & slot) return false;
    taken |= slot;
  }
  return true;
}

}  // namespace

std::optional<SlotHash> slotHashOf(std::span<const u64> numbers) {
  constexpr u32 kPlainShifts = 12, kFactors = 64, kFactorShift = 24;
  const u32 least = static_cast<u32>(std::bit_width(numbers.size() - 1));
  for (u32 bits = least; bits <= least + 2 && bits <= kMostBits; ++bits) {
    for (u32 shift = 0; shift < kPlainShifts; ++shift)
      if (const SlotHash h{1, shift, bits}; tellsApart(h, numbers)) return h;
    u64 factor = 0x9e3779b1;  // 2^32 by the golden ratio, and its multiples
    for (u32 i = 0; i < kFactors; ++i, factor += 0x9e3779b1 * 2)
      if (const SlotHash h{factor & 0x7fffffff, kFactorShift, bits}; tellsApart(h, numbers)) return h;
  }
  return {};
}

}  // namespace duet::tcg::region
