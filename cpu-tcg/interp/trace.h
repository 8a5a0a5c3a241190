// What -d in_asm, exec and cpu print. Asked for before the guest runs: look at traced() once.
#pragma once

#include <span>

#include "core/base/log.h"
#include "cpu-tcg/interp/block.h"

namespace duet::tcg {

// Whether each block is to be seen: then nothing may go from one block to the next by itself.
inline bool traced() { return logEnabled(LogChannel::Exec) || logEnabled(LogChannel::Cpu); }

// A block that begins at arch.rip was decoded from `bytes`.
void traceDecoded(const Context& ctx, const Block& block, std::span<const u8> bytes);
// `count` of its instructions are about to run, from arch.rip on.
void traceRun(const Context& ctx, const Block& block, unsigned count, bool compiled);

}  // namespace duet::tcg
