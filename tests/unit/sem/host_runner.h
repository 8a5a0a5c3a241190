// Executes one instruction on the processor the tests run on.
#pragma once

#include <array>
#include <span>

#include "core/base/types.h"

namespace duet::tcg {

struct HostState {
  std::array<u64, 16> gpr{};
  u64 flags = 0;
};

// rSP is the host's own: the instruction must not use it. Returns false when it raised #DE or faulted;
// `state` is then unchanged.
bool runOnHost(std::span<const u8> instruction, HostState& state);

// Undefined flags are compared only on the vendor they were taken from.
bool hostIsIntel();

}  // namespace duet::tcg
