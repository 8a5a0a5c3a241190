// What the host's processor lets user code have.
#pragma once

#include "core/base/result.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff::host {

// An error names what the engine cannot do without.
Result<EngineAbilities> hostAbilities();

}  // namespace duet::diff::host
