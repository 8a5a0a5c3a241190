// The compiler lives in a module of its own, so that who never needs it never loads LLVM.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

// All that its code depends on beside a Plan, for who keeps such code: this duet, its module, the version of LLVM they were built for,
// the processor. Found out without loading anything.
std::string compilerIdentity();

// Loads it with the first call: takes 80 ms then. Any thread.
Result<std::unique_ptr<Compiler>> loadCompiler();

// Whether its code may be kept under compilerIdentity(). If not, a line has said so once.
bool isAsExpected(const Compiler& compiler);

// Gives back what the library under the compiler keeps in memory of its file, some 50 MB, and what is free on the heap. It is read
// again where it is needed: the compiler may be used at any time, also meanwhile.
void releaseCompilerMemory();

}  // namespace duet::tcg::region
