// What the module exports.
#include "cpu-tcg/llvm/compiler.h"

extern "C" __attribute__((visibility("default"))) duet::tcg::region::Compiler* duetMakeRegionCompiler() {
  return duet::tcg::region::makeLlvmCompiler().release();
}
