// What runs blocks faster than the interpreter does: the seam between the run loop and a compiling tier.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "core/base/result.h"
#include "cpu-tcg/interp/block_builder.h"

namespace duet::tcg {

// One a vCPU, its thread only. The run loop keeps what is rare (events, single steps, breakpoints) and what is not
// compiled; guest faults leave a tier as they leave a handler, by raise() (runtime/fault.h), with ctx.running, ctx.insn,
// ctx.nextRip and ctx.retired as in the interpreter.
class CompiledTier {
 public:
  virtual ~CompiledTier() = default;

  // `block` is current and begins at arch.rip, its instructions may be gone; `left` instructions may run. Runs compiled code from there on, through as many
  // blocks as follow each other, and returns at an instruction boundary with the context complete: something must be
  // looked at, or what comes next is not compiled. False: nothing ran, the block is the interpreter's this time.
  virtual bool run(Block& block, u64 left) = 0;

  // The block cache was emptied: every Block is gone. No code runs.
  virtual void blocksDropped() = 0;
};

// What the tiers of a machine's vCPUs have in common.
class TierShared {
 public:
  virtual ~TierShared() = default;
};

inline constexpr size_t kTierMemory = 64u << 10;

// What a tier is made for: parts of one vCPU, which outlive it.
struct TierPlace {
  Context& ctx;
  // 64-byte aligned, at the same distance from every vCPU's context, so that compiled code may reach both from one register.
  std::span<u8, kTierMemory> memory;
  BlockCache& blocks;
  BlockBuilder& builder;
  // One a machine: the first of its tiers makes it. One tier is made at a time.
  std::shared_ptr<TierShared>& shared;
};
using TierFactory = std::function<Result<std::unique_ptr<CompiledTier>>(const TierPlace& place)>;

}  // namespace duet::tcg
