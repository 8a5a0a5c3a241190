// What profilers and debuggers call a block's code.
#pragma once

#include <fmt/format.h>

#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

inline std::string codeName(const CompiledCode& made) {
  return fmt::format("guest-0x{:x}-{}{}", made.rip, made.tier, made.cold ? "-cold" : "");
}

}  // namespace duet::tcg
