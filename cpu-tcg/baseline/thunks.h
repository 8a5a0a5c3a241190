// Code that all blocks share: the way in, the ways out, calls to C++.
#pragma once

#include <array>
#include <vector>

#include "cpu-tcg/baseline/frame.h"

namespace duet::tcg::baseline {

// Where things lie from RSP while compiled code runs. The same for every vCPU (TierFactory).
struct Places {
  const u8* frame;
  const Context* ctx;
  i32 of(const void* field) const { return static_cast<i32>(static_cast<const u8*>(field) - frame); }
  i32 gpr(unsigned n) const { return of(&ctx->arch.gpr[n]); }
};

// Offsets from the start of the thunks.
struct Thunks {
  // u32 enter(Frame*, const void* code): runs from `code` on. 0: left by `exit`, the flags are in the frame; 1: by
  // `handler`, the context is complete.
  u32 enter = 0;
  u32 exit = 0;     // jumped to, with a Link in R11
  u32 leave = 0;    // called, with a Link behind the call: likewise
  u32 bail = 0;     // jumped to, with a Spot in R11: exit by Frame::bailed
  u32 handler = 0;  // called with a Spot in R11: duetBaselineRun()
  // Likewise; vector registers and MXCSR that were in the processor are not brought back.
  u32 handlerAlone = 0;
  u32 wroteWindow = 0;  // called with a page's word in R11, a Spot in R14: duetBaselineWroteWindow()
  u32 cpuid = 0;        // called with a Spot in R11: duetBaselineCpuid()
  // Called with a host address in R11, a Spot in R14, and Frame::written: duetBaselineWrote(), if emitLook() finds need of it.
  u32 wrote = 0;
  std::array<u32, 6> wroteSize{};  // likewise, and sets Frame::written: to 1, 2, 4 and so on
  // Called with a host address in R11, RCX in the page that runs (as Block::position): RCX is 0 if emitLook() finds no need of C++.
  u32 look = 0;
  // Called when emitJumpLookup() has not found what it looked for: RCX is 0 if there is one all the same, whose entry is in R11.
  u32 second = 0;
  // Called; they bring guest registers into the processor (Frame), and leave all others but the temporaries.
  u32 vectors = 0, avx = 0, mxcsr = 0, x87 = 0;
};

// Position-independent bytes; empty when the assembler failed.
std::vector<u8> emitThunks(const Places& places, Thunks& out);

}  // namespace duet::tcg::baseline
