// duet-diff lockstep: a whole machine on two engines at once.
#pragma once

#include <atomic>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "tools/diff/engine/vcpu_rig.h"

namespace duet::diff {

// `words` behind "lockstep". The program's exit status; an error where it could not be tried.
Result<int> lockstepCommand(std::span<const std::string> words, const std::atomic<bool>& stop);

// The same with other engines to name.
using BackendFinder = std::function<Result<BackendFactory>(std::string_view name)>;
Result<int> lockstepCommand(std::span<const std::string> words, const std::atomic<bool>& stop,
                            const BackendFinder& find);

}  // namespace duet::diff
