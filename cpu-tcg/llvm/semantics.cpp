#include "cpu-tcg/llvm/semantics.h"

#include <string_view>
#include <unordered_map>

#include "core/base/assert.h"
#include "cpu-tcg/llvm/algebra.h"
#include "cpu-tcg/sem/all.h"
#include "cpu-tcg/sem/width.h"

namespace duet::tcg::region {
namespace {

template <class S>
void build(IrAlgebra& a) {
  if constexpr (sem::HasFixedWidth<S>) {
    S::template run<S::kWidth>(a);
  } else {
    switch (sem::operationWidth(a.insn())) {
      case 8:
        if constexpr (!sem::HasNoByteForm<S>) S::template run<8>(a);
        break;
      case 16:
        S::template run<16>(a);
        break;
      case 32:
        S::template run<32>(a);
        break;
      default:
        S::template run<64>(a);
    }
  }
}

using Build = void (*)(IrAlgebra&);

const std::unordered_map<std::string_view, Build>& table() {
  using namespace sem;
#define MEANING(S) {#S, build<S>}
  static const std::unordered_map<std::string_view, Build> all = {
#include "cpu-tcg/region/compilable.inc"
  };
#undef MEANING
  return all;
}

}  // namespace

void buildMeaning(Emitter& emitter, const isa::Insn& insn) {
  std::string_view name = insn.row->semName;
  if (emitter.plan().rename) name = emitter.plan().rename(name);
  const auto found = table().find(name);
  DUET_ASSERT(found != table().end());
  IrAlgebra algebra(emitter);
  found->second(algebra);
}

}  // namespace duet::tcg::region
