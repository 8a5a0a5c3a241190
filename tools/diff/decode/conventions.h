// Where a listing writes the same thing otherwise than the manual: not a disagreement.
#pragma once

#include "tools/diff/decode/reading.h"

namespace duet::diff {

// Names by the manual: "ljmp" is a far JMP, "cmpltps" is CMPPS with an immediate of 1.
void toManualNames(Reading& reading);

}  // namespace duet::diff
