// -d jit and out_asm.
#pragma once

#include <string>

#include "cpu-tcg/interp/code_sink.h"

namespace duet::tcg {

// A line for what is compiled and dropped; the host's instructions as Capstone reads them.
class CodeLog final : public CodeSink {
 public:
  void added(const CompiledCode& made) override;
  void dropped(unsigned memory) override;
};

// One line an instruction.
std::string hostListing(std::span<const u8> code);

}  // namespace duet::tcg
