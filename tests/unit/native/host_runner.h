// The witness: executes an instruction's own bytes on the host with every register loaded from a state
// and stored back after, independently of the stubs.
#pragma once

#include <span>

#include "core/base/types.h"

namespace duet::tcg::test {

struct FullState {
  u64 gpr[16] = {};  // RSP is neither loaded nor stored
  u64 flags = 2;
  u64 pad[7] = {};
  alignas(64) u8 xsave[832] = {};

  // A legal initial state: x87 as after FNINIT, MXCSR 1F80h, everything in use.
  FullState();
};

enum class HostOutcome : u8 { Done, SimdException };

// SIGFPE from an unmasked SIMD exception is caught: `state`'s MXCSR is then the processor's at the
// exception and nothing else of `state` has changed.
HostOutcome runOnHost(std::span<const u8> instruction, FullState& state);

// Whether the host executes these bytes at all (false: #UD).
bool hostExecutes(std::span<const u8> instruction, const FullState& state);

}  // namespace duet::tcg::test
