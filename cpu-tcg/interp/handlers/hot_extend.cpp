// MOVZX, MOVSX, MOVSXD.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/move.h"

namespace duet::tcg::interp {

Handler Hot<sem::Movzx>::pick(const isa::Insn& insn) {
  switch (insn.op[1].size) {
    case 1:
      return pickExtension<sem::Movzx, 8>(insn);
    case 2:
      return pickExtension<sem::Movzx, 16>(insn);
    default:
      return pickGeneric<sem::Movzx>(insn);
  }
}
Handler Hot<sem::Movsx>::pick(const isa::Insn& insn) {
  switch (insn.op[1].size) {
    case 1:
      return pickExtension<sem::Movsx, 8>(insn);
    case 2:
      return pickExtension<sem::Movsx, 16>(insn);
    default:
      return pickExtension<sem::Movsx, 32>(insn);
  }
}

}  // namespace duet::tcg::interp
