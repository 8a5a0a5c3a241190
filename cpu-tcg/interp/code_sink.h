// Who wants to know what code the compiling tiers make: listings, profilers, debuggers.
#pragma once

#include <span>

#include "cpu-tcg/interp/block.h"

namespace duet::tcg {

// A stretch of code that a tier made for one block: its hot part, or what lies apart from it.
struct CompiledCode {
  unsigned vcpu = 0;
  const char* tier = "";
  const Block* block = nullptr;
  u64 rip = 0;               // guest address of its first instruction
  bool cold = false;         // slow paths, ways out
  std::span<const u8> code;  // host instructions, where they execute
};

// Any vCPU's thread.
class CodeSink {
 public:
  virtual ~CodeSink() = default;
  virtual void added(const CompiledCode& made) = 0;
  // All code of the vCPU's tier is gone; its memory is filled anew.
  virtual void dropped(unsigned vcpu) = 0;
};

}  // namespace duet::tcg
