// A table's slots for some numbers that are known: where an indirect jump goes that has several targets.
#pragma once

#include <optional>
#include <span>

#include "core/base/types.h"

namespace duet::tcg::region {

// A hash under which some numbers differ: `bits` of what remains above `shift` of a product.
struct SlotHash {
  u64 factor = 1;  // below 2^31
  u32 shift = 0, bits = 0;
  u64 slots() const { return u64{1} << bits; }
  u64 of(u64 number) const { return number * factor >> shift & (slots() - 1); }
};

// With as few slots as can be found, four for each number at most. Nothing: there is none, or numbers are alike.
std::optional<SlotHash> slotHashOf(std::span<const u64> numbers);

}  // namespace duet::tcg::region
