// Vector instructions: the host's own, between instructions of the region's.
#pragma once

#include "cpu-tcg/llvm/emitter.h"

namespace duet::tcg::region {

// The emitter's present step, whose `host` says how it is done.
void buildHostStep(Emitter& emitter);

}  // namespace duet::tcg::region
