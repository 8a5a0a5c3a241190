// What the generator must know of a row beyond the tables: which rows it leaves out and why, what they use besides their
// operands.
#pragma once

#include <span>
#include <string_view>

#include "tools/diff/generate/form.h"

namespace duet::diff {

// What is not generated, or not all of it, since the processor's answer is not a function of the start state.
struct LeftOut {
  std::string_view sem;  // the row's last column
  bool whole;            // the row is left out; else only what `why` names
  std::string_view why;
};
std::span<const LeftOut> leftOut();

// The instruction exists in this world and is generated; it may fault there, always even.
bool isGenerated(const tcg::isa::Row& row, const Target& target);

// What the coverage figure is a share of: rows that are generated and that CPL 3 may execute.
bool isUserRow(const tcg::isa::Row& row, const Target& target);

// How operand sizes show in a row: not at all, by REX.W alone (32 or 64 bits), or by 66 and REX.W.
enum class SizeUse : u8 { None, Width, Operand };
SizeUse sizeUse(const tcg::isa::Row& row);

// Memory reached without ModRM: string operands, moffs, XLAT, MASKMOV, CLZERO.
bool hasImplicitMemory(const tcg::isa::Row& row);
// Without memory, but the address size says how wide the count in rCX is: LOOPcc, JCXZ.
bool countsByAddressSize(const tcg::isa::Row& row);

}  // namespace duet::diff
