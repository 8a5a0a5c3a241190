// Jcc, CMOVcc, SETcc, JMP, CALL, RET.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/branch.h"
#include "cpu-tcg/sem/move.h"

namespace duet::tcg::interp {

Handler Hot<sem::Jcc>::pick(const isa::Insn& insn) {
  const unsigned condition = insn.opcode & 15;
  if (insn.opSize == 8) return pickCondition<sem::Jcc, 64, Kind::Rel, Kind::Any, true>(condition);
  if (insn.opSize == 2) return pickCondition<sem::Jcc, 16, Kind::Rel, Kind::Any, false>(condition);
  return pickCondition<sem::Jcc, 32, Kind::Rel, Kind::Any, false>(condition);
}

Handler Hot<sem::Cmovcc>::pick(const isa::Insn& insn) {
  const unsigned condition = insn.opcode & 15;
  if (kindOf(insn, 1) != Kind::Reg || insn.opSize == 2) return pickGeneric<sem::Cmovcc>(insn);
  if (insn.opSize == 8) return pickCondition<sem::Cmovcc, 64, Kind::Reg, Kind::Reg, false>(condition);
  return pickCondition<sem::Cmovcc, 32, Kind::Reg, Kind::Reg, false>(condition);
}

Handler Hot<sem::Setcc>::pick(const isa::Insn& insn) {
  if (kindOf(insn, 0) != Kind::Reg) return pickGeneric<sem::Setcc>(insn);
  return pickCondition<sem::Setcc, 8, Kind::Reg, Kind::Any, false>(insn.opcode & 15);
}

Handler Hot<sem::Jmp>::pick(const isa::Insn& insn) { return pickWide<sem::Jmp>(insn); }
Handler Hot<sem::Call>::pick(const isa::Insn& insn) { return pickWide<sem::Call>(insn); }
Handler Hot<sem::Ret>::pick(const isa::Insn& insn) { return pickWide<sem::Ret>(insn); }

}  // namespace duet::tcg::interp
