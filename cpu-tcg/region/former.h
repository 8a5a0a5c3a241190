// Finds out what a region consists of.
#pragma once

#include <optional>
#include <span>

#include "cpu-tcg/interp/block.h"
#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

struct Bounds {
  u32 instructions = 256;
  u32 nodes = 64;
};

// What can be reached from `rip`, where `block` begins, without leaving its page: breadth first, within the bounds. 64-bit code.
// Nothing when the block is out of date or its first instruction is not for the compiler.
// `hot`: where much time is spent; what of it lies in the page is taken to be where indirect jumps and calls go.
std::optional<Plan> formPlan(const Context& ctx, const Block& block, u64 rip, const Bounds& bounds,
                             std::span<const u64> hot);

// Whether control can come back to where the region is entered.
bool loops(const Plan& plan);

// Whether chains of carries are much of its head or of a loop of one node in it, as in arithmetic with long numbers. The processor's ADC and SBB, which blocks are
// made of, find the carry where the last one left it; LLVM rebuilds it each time, and such regions are slower than blocks.
bool carries(const Plan& plan);

}  // namespace duet::tcg::region
