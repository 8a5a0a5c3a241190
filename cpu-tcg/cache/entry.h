// One compiled region as a file.
#pragma once

#include <span>
#include <vector>

#include "cpu-tcg/cache/plan_key.h"

namespace duet::tcg::cache {

// What it takes to form a plan again. Addresses are distances from Plan::origin().
struct Shape {
  std::vector<u64> indirect, leaders;  // of the Plan
  region::Extent extent;
};

struct Entry {
  u64 head = 0;
  PlanKey key;
  Shape shape;
  region::Code code;  // empty: the compiler cannot compile it
};

// What a file is at most; larger regions are not kept.
inline constexpr size_t kMostEntryBytes = 1u << 20;

std::vector<u8> encode(const Entry& entry);
// Of any bytes: nothing unless they are what encode() makes.
std::optional<Entry> decode(std::span<const u8> bytes);

}  // namespace duet::tcg::cache
