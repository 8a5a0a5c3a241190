// At which width a semantic function is run for a decoded instruction.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::sem {

// In bits: that of a register or memory destination, else the operand size.
inline unsigned operationWidth(const isa::Insn& insn) {
  const isa::Operand& op = insn.op[0];
  const bool data = op.kind == isa::OperandKind::Gpr || op.kind == isa::OperandKind::GprHigh ||
                    op.kind == isa::OperandKind::Memory;
  return 8u * (data && op.size != 0 ? op.size : insn.opSize);
}

template <class S>
concept HasFixedWidth = requires { S::kWidth; };
template <class S>
concept HasNoByteForm = requires { S::kMinWidth; };

}  // namespace duet::tcg::sem
