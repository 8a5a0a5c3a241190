// The compiler lives in a module of its own, so that who never needs it never loads LLVM.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "cpu-tcg/region/plan.h"

namespace duet::tcg::region {

// Loads it with the first call: takes 80 ms then. Any thread.
Result<std::unique_ptr<Compiler>> loadCompiler();

// Gives back what the library under the compiler keeps in memory of its file, some 50 MB, and what is free on the heap. It is read
// again where it is needed: the compiler may be used at any time, also meanwhile.
void releaseCompilerMemory();

}  // namespace duet::tcg::region
