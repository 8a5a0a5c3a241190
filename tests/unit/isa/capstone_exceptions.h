// Where Capstone 4.0.2 departs from the manual: the witness test leaves these cases out, and limits
// their share.
#pragma once

#include <capstone/capstone.h>

#include <span>

#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::isa {

struct Disagreement {
  std::span<const u8> bytes;
  CodeMode mode;
  DecodeStatus status;      // ours
  const Insn& insn;         // ours (row may be null)
  const cs_insn* capstone;  // null: Capstone refuses the bytes
};

// Why this one is Capstone's fault, or null when it is ours.
const char* knownException(const Disagreement& d);

}  // namespace duet::tcg::isa
