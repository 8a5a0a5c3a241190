// By what a compiled region is found again.
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>

#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::cache {

struct PlanKey {
  u64 low = 0, high = 0;
  auto operator<=>(const PlanKey&) const = default;
};

// All that the region's code depends on: its instructions and their places in the page, the Layout, and what `maker` says of
// compiler and host. Where in memory the page lies is none of it. Nothing for the few regions whose code is good at one place alone.
std::optional<PlanKey> keyOf(const region::Plan& plan, const std::string& maker);

// Of whatever of the block that a region begins with stays as it is when it moves: a look at it says whether there may be a region, before
// it is formed.
u64 headOf(std::span<const u8> shape, u64 rip, const std::string& maker);

}  // namespace duet::tcg::cache
