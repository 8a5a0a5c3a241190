// Who wants to know what code the compiling tiers make: listings, profilers, debuggers.
#pragma once

#include <span>

#include "core/base/types.h"

namespace duet::tcg {

// A stretch of code that a tier made for one block (its hot part, or what lies apart from it), or for a region of several.
struct CompiledCode {
  unsigned vcpu = 0;    // that had it made
  unsigned memory = 0;  // which code memory it lies in
  const char* tier = "";
  u64 rip = 0;                // guest address of its first instruction
  unsigned instructions = 0;  // of the guest
  bool cold = false;          // slow paths, ways out
  std::span<const u8> code;   // host instructions, where they execute
};

// Any vCPU's thread, one at a time for each machine.
class CodeSink {
 public:
  virtual ~CodeSink() = default;
  virtual void added(const CompiledCode& made) = 0;
  // All code in it is gone.
  virtual void dropped(unsigned memory) = 0;
};

}  // namespace duet::tcg
