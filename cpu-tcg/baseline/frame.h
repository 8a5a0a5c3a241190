// What compiled code and the translator share while compiled code runs.
#pragma once

#include "cpu-tcg/interp/block.h"

namespace duet::tcg::baseline {

// One guest instruction of a translated block: what a call out of compiled code says about where it is. Lies beside the code.
struct Record {
  const Block* block;
  const BlockInsn* insn;
  u64 nextRip;
  u16 index;  // in the block
  bool ends;  // the block's last: control is where the context says afterwards
};

// Lies in front of the Context; RSP points at it while compiled code runs, so one register reaches both, and serves as the
// stack of signal handlers and of calls between compiled code and thunks. C++ runs on the stack of run().
struct alignas(64) Frame {
  u64 hostRsp;
  Context* ctx;
  u64 retiredBefore;  // ctx.retired when compiled code was entered
  u64 granted;        // instructions it was given
  u64 remaining;  // of them; a block takes its own at its start. Its upper half is 0 unless it has gone below 0
  const void* mail;  // the mailbox word
  u32 flags;         // guest flags between compiled code and C++: as LAHF and SETO AL leave them
  u32 key;           // of the blocks that run (Translator)

  // Instructions of this run() before `block`, which has taken its own from `remaining`.
  u64 retiredUpTo(const Block& block) const { return retiredBefore + granted - (remaining + block.count); }
};

inline u32 arithmeticFlags(u32 lahfSeto) {
  return (lahfSeto >> 8 & kFlagsArithmetic & 0xff) | (lahfSeto & 1) << 11;
}
inline u32 lahfSetoOf(u32 arithmetic) { return (arithmetic & 0xff) << 8 | (arithmetic >> 11 & 1); }

// Called by compiled code through the thunks. They may leave by raise().
extern "C" {
// Carries out the record's instruction by its interpreter handler. 0: compiled code goes on behind it; else the context is
// complete and compiled code is left.
u32 duetBaselineRun(Frame* frame, const Record* record);
}

}  // namespace duet::tcg::baseline
