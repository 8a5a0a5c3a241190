// AND, OR, XOR, TEST, CMP.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/arithmetic.h"
#include "cpu-tcg/sem/logic.h"

namespace duet::tcg::interp {

Handler Hot<sem::And>::pick(const isa::Insn& insn) { return pickTwo<sem::And, kTwoOperands>(insn); }
Handler Hot<sem::Or>::pick(const isa::Insn& insn) { return pickTwo<sem::Or, kTwoOperands>(insn); }
Handler Hot<sem::Xor>::pick(const isa::Insn& insn) { return pickTwo<sem::Xor, kTwoOperands>(insn); }
Handler Hot<sem::Test>::pick(const isa::Insn& insn) {
  return pickTwo < sem::Test, kRegReg | kRegImm | kMemReg | kMemImm > (insn);
}
Handler Hot<sem::Cmp>::pick(const isa::Insn& insn) { return pickTwo<sem::Cmp, kTwoOperands>(insn); }

}  // namespace duet::tcg::interp
