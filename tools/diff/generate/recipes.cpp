#include "tools/diff/generate/recipes.h"

#include <vector>

#include "core/base/assert.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr Recipe kPlain{};

const Recipe* find(const Row& row) {
  for (const auto& table : {stackRecipes(), stringRecipes(), systemRecipes(), arithmeticRecipes()})
    for (const Recipe& recipe : table)
      if (recipe.sem == row.semName) return &recipe;
  return &kPlain;
}

}  // namespace

const Recipe& recipeOf(const Row& row) {
  static const std::vector<const Recipe*> byRow = [] {
    std::vector<const Recipe*> list;
    for (const Row& r : allRows()) list.push_back(find(r));
    return list;
  }();
  return *byRow[row.index];
}

void loseWritten(RegisterChoice& registers, const Draft& draft) {
  u16 written = recipeOf(*draft.insn.row).writes;
  for (unsigned i = 0; i < draft.insn.row->operandCount; ++i) {
    const Operand& op = draft.insn.op[i];
    if (draft.insn.row->operands[i].access == Access::Read) continue;
    if (op.kind == OperandKind::Gpr || op.kind == OperandKind::GprHigh) written |= gprBit(op.reg);
  }
  registers.lose(written);
}

}  // namespace duet::diff
