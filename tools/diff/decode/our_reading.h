// Our own decoder's answer in the form in which it is compared: from the Insn that every tier works from, not from text.
#pragma once

#include "cpu-tcg/isa/decoder.h"
#include "tools/diff/decode/reading.h"

namespace duet::diff {

struct OurReading {
  tcg::isa::DecodeStatus status = tcg::isa::DecodeStatus::Invalid;
  tcg::isa::Insn insn;
  Reading reading;
};

// In protected mode (16 and 32 bits) or long mode.
void readOurs(std::span<const u8> bytes, CodeMode mode, const Reader& reader, OurReading& out);

// From a decoded instruction.
void toReading(const tcg::isa::Insn& insn, Reading& out);

}  // namespace duet::diff
