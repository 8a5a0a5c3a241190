#include "tools/diff/generate/instruction.h"

#include <algorithm>

#include "tools/diff/generate/recipes.h"
#include "tools/diff/generate/values.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kAttempts = 8;

unsigned memorySize(const CaseBuilder& builder, const Insn& insn) {
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    if (insn.op[i].kind != OperandKind::Memory) continue;
    if (insn.row->operands[i].size == SizeRule::XsaveArea)
      return builder.target().features.has(Feature::Avx) ? kXsaveAvxOffset + 256 : kXsaveAvxOffset;
    return std::max<unsigned>(1, insn.op[i].size);
  }
  return 1;
}

bool sendMemory(CaseBuilder& builder, Draft& draft, const Recipe& recipe) {
  const unsigned size = memorySize(builder, draft.insn);
  if (!sendOperand(builder, draft, size)) {
    const bool addressOnly = draft.insn.row->operands[0].addressOnly;
    return draft.mood == Mood::Any && (addressOnly || builder.random().oneIn(4));
  }
  u8 bytes[1024];
  if (recipe.content)
    recipe.content(builder, draft, {bytes, size});
  else if (size > 64 || builder.random().oneIn(2))
    return true;  // the background will do
  else
    fillMemory({bytes, size}, builder.random());
  builder.addData(draft.operand.address, {bytes, size});
  return true;
}

}  // namespace

bool addInstruction(CaseBuilder& builder, const Row& row, Mood mood, bool keepStack) {
  const Recipe& recipe = recipeOf(row);
  const CaseBuilder::Decisions before = builder.decisions();
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    builder.takeBack(before);
    Draft draft;
    draft.mood = mood;
    const ShapeWish wish{builder.known(), keepStack, attempt + 2 >= kAttempts};
    if (!draftBytes(row, builder.target(), wish, builder.random(), draft)) continue;
    if (recipe.before && !recipe.before(builder, draft)) continue;
    if (hasMemoryOperand(draft.insn) && !sendMemory(builder, draft, recipe) && attempt + 1 < kAttempts)
      continue;
    builder.addInstruction({draft.bytes, draft.insn.length},
                           {.form = formOf(draft.insn, builder.target()), .operand = draft.operand});
    loseWritten(builder, draft);
    return true;
  }
  builder.takeBack(before);
  return false;
}

}  // namespace duet::diff
