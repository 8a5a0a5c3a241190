#include "tests/fuzz/tier.h"

namespace duet::fuzz {

tcg::TierFactory fuzzedTier() { return {}; }

void beginInput() {}

}  // namespace duet::fuzz
