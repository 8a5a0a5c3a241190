// RDRAND and RDSEED.
#pragma once

#include "core/base/types.h"

namespace duet::tcg::interp {

// 64 bits from the host's random number generator.
u64 hostRandom();

}  // namespace duet::tcg::interp
