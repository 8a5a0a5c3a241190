// INC, DEC, NEG, NOT and the shifts.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/arithmetic.h"
#include "cpu-tcg/sem/logic.h"
#include "cpu-tcg/sem/shift_rotate.h"

namespace duet::tcg::interp {

Handler Hot<sem::Inc>::pick(const isa::Insn& insn) { return pickOne<sem::Inc>(insn); }
Handler Hot<sem::Dec>::pick(const isa::Insn& insn) { return pickOne<sem::Dec>(insn); }
Handler Hot<sem::Neg>::pick(const isa::Insn& insn) { return pickOne<sem::Neg>(insn); }
Handler Hot<sem::Not>::pick(const isa::Insn& insn) { return pickOne<sem::Not>(insn); }
Handler Hot<sem::Shl>::pick(const isa::Insn& insn) { return pickTwo < sem::Shl, kRegReg | kRegImm > (insn); }
Handler Hot<sem::Shr>::pick(const isa::Insn& insn) { return pickTwo < sem::Shr, kRegReg | kRegImm > (insn); }
Handler Hot<sem::Sar>::pick(const isa::Insn& insn) { return pickTwo < sem::Sar, kRegReg | kRegImm > (insn); }

}  // namespace duet::tcg::interp
