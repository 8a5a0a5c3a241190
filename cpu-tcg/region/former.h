// Finds out what a region consists of.
#pragma once

#include <functional>
#include <optional>
#include <span>

#include "cpu-tcg/interp/block.h"
#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

struct Bounds {
  u32 instructions = 256;
  u32 nodes = 64;
  u32 pages = 4;
  bool loopOnly = false;  // leave out what control does not come back from, if there is a loop
};

// Where much time is spent: linear address, page of RAM.
struct HotPlace {
  static constexpr u64 kAnyPage = ~u64{0};
  u64 rip, page;
  u32 samples;
};

struct Surroundings {
  std::span<const HotPlace>
      hot;  // what of it can be reached is taken to be where indirect jumps and calls go
  std::function<bool(u64 rip, u64 position)>
      runs;         // whether control gets to an address, a place in RAM; null: anywhere
  u32 modeKey = 0;  // which units may be used (baseline/mode_key.h)
};

// What can be reached from `rip`, where `block` begins, and does run: breadth first, within the bounds, in pages that the code TLB
// has. 64-bit code. Nothing when code is out of date or the block's first instruction is not for the compiler.
std::optional<Plan> formPlan(const Context& ctx, const CodePlace& block, u64 rip, const Bounds& bounds,
                             const Surroundings& around);

// Whether chains of carries, from one ADC or SBB to the next, are much of its head or of a loop of one node in it, as in sums of long
// numbers. The processor's ADC and SBB, which blocks are made of, find the carry where the last one left it; LLVM rebuilds it each
// time, and such regions are slower than blocks. (Of the carry of an ADD, as in products of long numbers, it makes an ADC.)
bool carries(const Plan& plan);

}  // namespace duet::tcg::region
