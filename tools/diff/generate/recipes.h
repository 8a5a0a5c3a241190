// What an instruction needs besides a place for its memory operand: the stack, counts, selectors, targets, contents of
// memory; and which registers it writes that its operands do not name.
#pragma once

#include <span>
#include <string_view>

#include "tools/diff/generate/draft.h"

namespace duet::diff {

struct Recipe {
  std::string_view sem;  // the row's last column
  // Decides registers and immediates, before the memory operand is sent. False: not possible any more in this case.
  bool (*before)(CaseBuilder&, Draft&) = nullptr;
  // What the memory operand holds; without it, edge values.
  void (*content)(CaseBuilder&, Draft&, std::span<u8>) = nullptr;
  u16 writes = 0;  // general registers
  // First: needs registers that nobody has written; Last: what follows would not run, or not as planned.
  enum Order : u8 { Anywhere, First, Last } order = Anywhere;
};

const Recipe& recipeOf(const tcg::isa::Row& row);

// What the instruction writes is nobody's to decide behind it.
void loseWritten(RegisterChoice& registers, const Draft& draft);

// One table a file.
std::span<const Recipe> stackRecipes();
std::span<const Recipe> stringRecipes();
std::span<const Recipe> systemRecipes();
std::span<const Recipe> arithmeticRecipes();

// A selector for a data segment, or for code; sometimes one that cannot be loaded.
u16 dataSelector(Random& random);
u16 codeSelector(CaseBuilder& builder, Mood mood);

inline constexpr u16 gprBit(unsigned n) { return static_cast<u16>(1u << n); }

}  // namespace duet::diff
