#include "cpu-tcg/baseline/translator.h"
#include "tests/fuzz/tier.h"

namespace duet::fuzz {

// Blocks that are compiled at once are alone in their units, those that ran before are together: every other vCPU waits.
tcg::TierFactory fuzzedTier() {
  return [made = 0u](const tcg::TierPlace& place) mutable {
    return tcg::baseline::tierFactory({.threshold = made++ % 2 ? 3u : 1u})(place);
  };
}

void beginInput() {}

}  // namespace duet::fuzz
