// Which rows the system world has, and in which modes.
#pragma once

#include "tools/diff/generate/form.h"

namespace duet::diff {

// The row exists in the target's mode and is generated there.
bool isSystemRow(const tcg::isa::Row& row, const Target& target);

}  // namespace duet::diff
