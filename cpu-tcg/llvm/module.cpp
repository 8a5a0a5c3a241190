// What the module exports.
#include "cpu-tcg/llvm/compiler.h"

extern "C" __attribute__((visibility("default"))) duet::tcg::region::Compiler* duetMakeRegionCompilerOfShape(
    duet::u64 planShape) {
  if (planShape != duet::tcg::region::kPlanShape) return nullptr;
  return duet::tcg::region::makeLlvmCompiler().release();
}
