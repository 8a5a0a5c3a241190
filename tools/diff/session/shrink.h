// Cuts a finding down to what shows it.
#pragma once

#include "tools/diff/session/session.h"

namespace duet::diff {

// The smallest case that still differs, unknown, in one of the fields the finding differs in, ends alike, and the differences and outcomes it
// has. The error: an engine is gone.
Result<> shrink(Engine& left, Engine& right, const std::vector<KnownDifference>& known, Finding& finding);

}  // namespace duet::diff
