// Code that changes itself: processors execute what was stored, without being told (SDM vol. 3 13.6).
#include <algorithm>

#include "tools/diff/generate/draft.h"
#include "tools/diff/generate/instruction.h"
#include "tools/diff/generate/recipes.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kAttempts = 12;

// An instruction between registers with an immediate: whatever is stored into that, nothing else changes.
bool draftChanged(CaseBuilder& builder, const Row& row, Draft& draft) {
  if (!draftBytes(row, builder.target(), {.addressRegisters = builder.known()}, builder.random(), draft))
    return false;
  const auto immediate = [](const OperandSpec& o) { return o.slot == Slot::Immediate; };
  return std::ranges::count_if(row.operands, immediate) == 1 && !hasMemoryOperand(draft.insn);
}

// Its memory operand is the first one, and small enough to lie within the immediate.
bool draftWriter(CaseBuilder& builder, const Row& row, unsigned room, Draft& draft) {
  const ShapeWish wish{.addressRegisters = builder.known(), .keepStack = true};
  if (row.operands[0].access == Access::Read || row.operands[0].access == Access::MaybeWrite) return false;
  if (!draftBytes(row, builder.target(), wish, builder.random(), draft)) return false;
  const Operand& op = draft.insn.op[0];
  return draft.insn.hasMemory() && op.kind == OperandKind::Memory && op.size >= 1 && op.size <= room;
}

MadeInstruction describe(const CaseBuilder& builder, const Draft& draft) {
  return {.form = formOf(draft.insn, builder.target()), .operand = draft.operand};
}

}  // namespace

bool addSelfModifying(CaseBuilder& builder, const Row& writer, const Row& changed) {
  const CaseBuilder::Decisions before = builder.decisions();
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    builder.takeBack(before);
    Draft first, second;
    first.mood = second.mood = Mood::Calm;
    if (!draftChanged(builder, changed, second)) continue;
    const unsigned room = second.insn.length - second.immediateAt;
    if (!draftWriter(builder, writer, room, first)) continue;
    const unsigned size = first.insn.op[0].size;
    const u64 immediate = builder.here() + first.insn.length + second.immediateAt;
    builder.sendNextTo(immediate + builder.random().below(room - size + 1));
    if (!sendOperand(builder, first, size)) continue;
    builder.addInstruction({first.bytes, first.insn.length}, describe(builder, first));
    loseWritten(builder, first);
    builder.addInstruction({second.bytes, second.insn.length}, describe(builder, second));
    loseWritten(builder, second);
    return true;
  }
  builder.takeBack(before);
  return false;
}

}  // namespace duet::diff
