// The tier that translates for the guests of a fuzzer; which one is linked is the difference between a fuzzer's programs
// (tier_interp.cpp, tier_baseline.cpp, tier_llvm.cpp).
#pragma once

#include "cpu-tcg/interp/compiled_tier.h"

namespace duet::fuzz {

// For one engine. Nothing: the interpreter alone.
tcg::TierFactory fuzzedTier();

// A new input: what was used up for the last one counts no more.
void beginInput();

}  // namespace duet::fuzz
