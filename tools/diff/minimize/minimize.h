// Makes a case as small as it can be and still show its difference.
#pragma once

#include <functional>

#include "tools/diff/case/case.h"
#include "tools/diff/compare/listing.h"

namespace duet::diff {

// Whether a smaller case still shows what it should. Each call runs the engines.
using StillShows = std::function<bool(const Case&)>;

struct Minimized {
  Case smallest;
  unsigned tries = 0;
};

// Removes instructions, then bytes of them, pieces, state and memory contents, again and again until nothing more goes, or
// `mostTries` are spent. `start` itself shows it.
Minimized minimize(const Case& start, const Decoder& decoder, const StillShows& shows,
                   unsigned mostTries = 20000);

}  // namespace duet::diff
