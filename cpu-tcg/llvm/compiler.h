// The region compiler.
#pragma once

#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

std::unique_ptr<Compiler> makeLlvmCompiler();

}  // namespace duet::tcg::region
