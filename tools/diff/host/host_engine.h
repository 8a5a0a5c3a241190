// Carries out cases of the user worlds on the host's own processor.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff {

// Starts the process that the code will run in. The error says what this host or its kernel lacks.
//
// Of `Outcome::after`: the XSAVE image is XSAVE64's, its XSTATE_BV names x87, SSE and AVX (if there) whatever the processor
// had in its initial state. A null selector is 0, whatever RPL was loaded. Ending::Steps
// means at least 4 ms of processor time, since instructions are not counted.
Result<std::unique_ptr<Engine>> makeHostEngine();

}  // namespace duet::diff
