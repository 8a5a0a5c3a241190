// The coverage page: what is not carried out first, then each feature's count, then every row by opcode map.
#pragma once

#include <functional>
#include <string>

#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

// Whether something carries this row out; the engine knows.
using Implemented = std::function<bool(const Row&)>;

// Markdown. `offered`: the features that `-cpu max` shows a guest here.
std::string coverageMarkdown(const Implemented& implemented, const FeatureSet& offered);

}  // namespace duet::tcg::isa
