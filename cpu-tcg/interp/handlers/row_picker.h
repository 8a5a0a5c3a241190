// From a row's `Sem` column to its picker.
#pragma once

#include <string_view>

#include "cpu-tcg/helpers/all.h"
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/interp/handlers/table_parts.h"
#include "cpu-tcg/runtime/fault.h"
#include "cpu-tcg/sem/all.h"

namespace duet::tcg::interp {

// What the Sem column may name beside semantic functions and helpers: the host's own instruction.
struct Native {};

constexpr bool hasWord(std::string_view words, std::string_view word) {
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = words.find(' ', at);
    if (words.substr(at, end - at) == word) return true;
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  return false;
}

template <class S>
concept Helper = requires(Context& ctx, const isa::Insn& insn) { S::run(ctx, insn); };

template <class S>
void privileged(Context& ctx, const isa::Insn& insn) {
  if (ctx.cpl != 0) raiseGp0(ctx);
  S::run(ctx, insn);
}

template <class S, bool Cpl0>
Handler pickFor(const isa::Insn& insn) {
  if constexpr (std::is_same_v<S, Native>) {
    return nullptr;
  } else if constexpr (Helper<S>) {
    return Cpl0 ? privileged<S> : static_cast<Handler>(S::run);
  } else {
    static_assert(!Cpl0);
    if constexpr (Hot<S>::kIs) {
      return Hot<S>::pick(insn);
    } else {
      return pickGeneric<S>(insn);
    }
  }
}

using namespace sem;

}  // namespace duet::tcg::interp

#define ROW(encoding, mnemonic, operands, attributes, feature, flags, Sem) \
  {pickFor<Sem, hasWord(attributes, "cpl0")>, #Sem},
