// Chooses the compiled form of a semantic function for one decoded instruction.
#pragma once

#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/interp/handlers/interp_algebra.h"
#include "cpu-tcg/sem/width.h"

namespace duet::tcg::interp {

template <class S, unsigned W, Form F>
void handle(Context& ctx, const isa::Insn& insn) {
  InterpAlgebra<F> algebra(ctx, insn);
  S::template run<W>(algebra);
}

// Calls f.operator()<W>() with the operation's width, if S has it.
template <class S, class Fn>
Handler withWidth(const isa::Insn& insn, Fn f) {
  if constexpr (sem::HasFixedWidth<S>) {
    return f.template operator()<S::kWidth>();
  } else {
    switch (sem::operationWidth(insn)) {
      case 8:
        if constexpr (!sem::HasNoByteForm<S>) return f.template operator()<8>();
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
