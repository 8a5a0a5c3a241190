// duet-diff lockstep: a whole machine on two engines at once.
#pragma once

#include <atomic>
#include <span>
#include <string>

#include "core/base/result.h"

namespace duet::diff {

// `words` behind "lockstep". The program's exit status; an error where it could not be tried.
Result<int> lockstepCommand(std::span<const std::string> words, const std::atomic<bool>& stop);

}  // namespace duet::diff
