// Chooses the compiled form of a semantic function for one decoded instruction.
#pragma once

#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/interp/handlers/interp_algebra.h"

namespace duet::tcg::interp {

template <class S, unsigned W, Form F>
void handle(Context& ctx, const isa::Insn& insn) {
  InterpAlgebra<F> algebra(ctx, insn);
  S::template run<W>(algebra);
}

// The operation's width: that of a register or memory destination, else the operand size.
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

// Calls f.operator()<W>() with the operation's width, if S has it.
template <class S, class Fn>
Handler withWidth(const isa::Insn& insn, Fn f) {
  if constexpr (HasFixedWidth<S>) {
    return f.template operator()<S::kWidth>();
  } else {
    switch (operationWidth(insn)) {
      case 8:
        if constexpr (!HasNoByteForm<S>) return f.template operator()<8>();
        break;
      case 16:
        return f.template operator()<16>();
      case 32:
        return f.template operator()<32>();
      case 64:
        return f.template operator()<64>();
      default:
        break;
    }
    return nullptr;
  }
}

// The form that looks everything up.
template <class S>
Handler pickGeneric(const isa::Insn& insn) {
  return withWidth<S>(insn, []<unsigned W>() -> Handler { return handle<S, W, Form{}>; });
}

}  // namespace duet::tcg::interp
