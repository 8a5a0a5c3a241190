// An instruction whose bytes stand, while its operands are still sent to their places.
#pragma once

#include <cstring>

#include "cpu-tcg/isa/insn.h"
#include "tools/diff/generate/case_builder.h"
#include "tools/diff/generate/shape.h"

namespace duet::diff {

struct Draft {
  tcg::isa::Insn insn;  // as decoded with a displacement and immediates of 0
  u8 bytes[32];
  unsigned displacementAt = 0, displacementSize = 0;
  unsigned immediateAt = 0;
  Mood mood = Mood::Any;
  Place operand;

  void put(unsigned at, u64 value, unsigned size) { std::memcpy(bytes + at, &value, size); }
};

// By ModRM, or an absolute address.
bool hasMemoryOperand(const tcg::isa::Insn& insn);

// Bytes that decode to the row, with immediates of any value. False: this choice of prefixes and registers gives another
// instruction, or none.
bool draftBytes(const tcg::isa::Row& row, const Target& target, const ShapeWish& wish, Random& random,
                Draft& draft);

// Decides registers and displacement so that the operand has this offset in its segment. `next`: where the instruction behind
// begins.
bool solveAddress(RegisterChoice& registers, Draft& draft, u64 next, u64 offset);

// Decides registers and displacement so that the memory operand lies in a chosen place. False: what is decided already
// does not allow it; the operand is then wherever the registers say.
bool sendOperand(CaseBuilder& builder, Draft& draft, unsigned size);

}  // namespace duet::diff
