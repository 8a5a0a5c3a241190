// Cases of the system world, by hand: what the generator does not make.
#pragma once

#include <vector>

#include "tools/diff/case/case.h"

namespace duet::diff::planted {

std::vector<Case> systemCases();

}  // namespace duet::diff::planted
