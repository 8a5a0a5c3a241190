// The compiler lives in a module of its own, so that who never needs it never loads LLVM.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "cpu-tcg/region/plan.h"

namespace duet::tcg::region {

// Loads it with the first call: takes 80 ms then. Any thread.
Result<std::unique_ptr<Compiler>> loadCompiler();

}  // namespace duet::tcg::region
