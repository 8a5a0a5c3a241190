// Values at the edges: where carries, signs, rounding and exceptions change.
#pragma once

#include <span>

#include "core/base/types.h"
#include "core/cpu/cpu_state.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {

// For a general register: 0, +-1, the ends of every width, powers of two and their neighbours, small numbers, anything.
u64 edgeInteger(Random& random);
// An immediate of `size` bytes (the low ones count).
u64 edgeImmediate(unsigned size, Random& random);
// Eight bytes of floating-point values: zeros, denormals, quiet and signalling NaNs, infinities, the ends of integer
// ranges, halfway cases.
u64 edgeDoubles(Random& random);
u64 edgeSingles(Random& random);
// Any of the above: what lies in memory.
u64 edgeMemory(Random& random);
// 80 bits, with the pseudo-denormals, pseudo-infinities, pseudo-NaNs and unnormals that only x87 knows.
void edgeExtended(u8 (&out)[10], Random& random);

void fillMemory(std::span<u8> bytes, Random& random);

// The vector registers, MXCSR and the x87 state of the area, mostly with all exceptions masked. `avx`: the upper halves too.
void fillXsave(CpuState& state, bool avx, Random& random);

}  // namespace duet::diff
