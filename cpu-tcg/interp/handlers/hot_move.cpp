// MOV, LEA, PUSH, POP.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/move.h"
#include "cpu-tcg/sem/stack.h"

namespace duet::tcg::interp {

Handler Hot<sem::Mov>::pick(const isa::Insn& insn) { return pickTwo<sem::Mov, kTwoOperands>(insn); }
Handler Hot<sem::Lea>::pick(const isa::Insn& insn) { return pickTwo<sem::Lea, kRegMem>(insn); }
Handler Hot<sem::Push>::pick(const isa::Insn& insn) { return pickWide<sem::Push>(insn); }
Handler Hot<sem::Pop>::pick(const isa::Insn& insn) { return pickWide<sem::Pop>(insn); }

}  // namespace duet::tcg::interp
