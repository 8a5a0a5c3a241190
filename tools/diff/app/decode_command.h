// duet-diff decode: our decoder against disassemblers.
#pragma once

#include <atomic>
#include <span>
#include <string>

#include "core/base/result.h"

namespace duet::diff {

// `words` behind "decode". The program's exit status; an error where it could not be tried.
Result<int> decodeCommand(std::span<const std::string> words, const std::atomic<bool>& stop);

}  // namespace duet::diff
