// Where an operand may lie on the stage, each place for another fault or right.
#pragma once

#include "tools/diff/case/system_stage.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {

struct PlaceWish {
  unsigned size = 1;                 // bytes
  bool paged = false, wide = false;  // translation is on; addresses have 64 bits
  bool narrow = false;               // addresses have 16 bits
  bool wraps = true;  // with narrow addresses: over the end of a segment, or of the lower half, too
};

u64 stagePlace(const PlaceWish& wish, Random& random);

}  // namespace duet::diff
