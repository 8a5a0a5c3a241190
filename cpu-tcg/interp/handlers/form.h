// Which kinds of operands a handler is compiled for.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::interp {

enum class Kind : u8 {
  Any,  // looked up in Insn::op at run time
  Reg,  // low bytes of a GPR
  Imm,
  Rel,       // branch displacement
  Mem,       // memory, any mode and addressing form
  MemBase,   // 64-bit mode, [base + disp], 64-bit address, no FS or GS
  MemIndex,  // 64-bit mode, [base + index << scale + disp], likewise
};

constexpr bool isMemoryKind(Kind k) { return k == Kind::Mem || k == Kind::MemBase || k == Kind::MemIndex; }

struct Form {
  Kind first = Kind::Any;
  Kind second = Kind::Any;
  u8 source = 0;      // width of operand 1 when narrower than the operation (MOVZX, MOVSX); 0: look it up
  u8 condition = 16;  // condition code 0..15; 16: look it up
  bool wide = false;  // 64-bit mode: stack and branches need no segment

  constexpr Kind kind(unsigned n) const { return n == 0 ? first : n == 1 ? second : Kind::Any; }
  // Everything looked up at run time.
  constexpr bool generic() const { return first == Kind::Any && second == Kind::Any; }
};

}  // namespace duet::tcg::interp
