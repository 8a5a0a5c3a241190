// Makes random encodings of a row for 64-bit mode, and random operand values that hit edge cases.
// Written from the manual's encoding rules, apart from the decoder and the stubs' encoder.
#pragma once

#include <random>
#include <vector>

#include "cpu-tcg/isa/insn.h"
#include "tests/unit/native/host_runner.h"

namespace duet::tcg::test {

using Random = std::mt19937_64;

// Memory operands are [rbx + 20h].
inline constexpr u8 kMemoryBase = 3;
inline constexpr i32 kMemoryDisp = 0x20;

std::vector<u8> makeEncoding(const isa::Row& row, Random& random, bool memory);

// Integers, floats of both sizes, NaNs, infinities, denormals, zeros, at every position.
u64 edgeValue(Random& random);
void fillRandom(FullState& state, Random& random);

}  // namespace duet::tcg::test
