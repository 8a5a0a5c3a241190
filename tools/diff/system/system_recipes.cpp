// Instructions that are not of the system, by which its rules show: loads, stores, stacks, strings, near transfers.
#include "tools/diff/system/system_recipes.h"

#include <algorithm>
#include <vector>

#include "tools/diff/generate/values.h"
#include "tools/diff/system/places.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;
using namespace stage;

bool strings(SystemBuilder& b, Draft& d) {
  const Row& row = *d.insn.row;
  const unsigned size = d.insn.addrSize, element = row.has(kAttrByte) ? 1 : d.insn.opSize;
  for (unsigned i = 0; i < row.operandCount; ++i) {
    const Slot slot = row.operands[i].slot;
    if (slot != Slot::StringSrc && slot != Slot::StringDst) continue;
    const bool from = slot == Slot::StringSrc;
    const auto offset = b.reach(from ? d.insn.mem.segment : kEs, size, element);
    if (!offset || !b.decide(from ? kRsi : kRdi, *offset, size)) return false;
  }
  return b.decide(kRcx, b.random().below(4), size);
}

// To HLTs behind in the page, or right behind.
bool relative(SystemBuilder& b, Draft& d) {
  const u64 next = b.here() + d.insn.length, page = b.start().rip & ~u64{0xfff};
  const unsigned size = d.insn.length - d.immediateAt;
  const u64 target = size == 1 ? next + b.random().below(100) : page + 0xe00 + b.random().below(0x80);
  return d.put(d.immediateAt, target - next, size), true;
}

// About the counts where LOOP and JCXZ end.
bool counted(SystemBuilder& b, Draft& d) {
  return b.decide(kRcx, b.random().below(3), d.insn.addrSize) && relative(b, d);
}

u64 nearEntry(SystemBuilder& b) {
  // Where no code is, or none of this privilege.
  if (b.random().oneIn(6))
    return b.random().oneIn(2) ? kAbsent + 0x10 : (b.setting().cpl == 3 ? kKernelCode : kUserCode) + 0xe00;
  return (b.setting().cpl == 3 ? kUserCode : kKernelCode) + 0xe00 + b.random().below(0x80);
}
bool nearTarget(SystemBuilder& b, Draft& d) {
  if (d.insn.row->operands[0].slot == Slot::Relative) return relative(b, d);
  const Operand& op = d.insn.op[0];
  return op.kind != OperandKind::Gpr || b.decide(op.reg, nearEntry(b), op.size);
}
void nearContent(SystemBuilder& b, Draft&, std::span<u8> bytes) {
  const u64 target = nearEntry(b);
  std::copy_n(reinterpret_cast<const u8*>(&target), std::min<size_t>(8, bytes.size()), bytes.begin());
}
bool nearReturn(SystemBuilder& b, Draft& d) {
  const u64 target = nearEntry(b);
  return b.addStack({&target, 1}, d.insn.opSize), true;
}

bool frame(SystemBuilder& b, Draft& d) {
  d.put(d.immediateAt, b.random().below(64), 2);
  return d.put(d.immediateAt + 2, b.random().below(3), 1), true;
}

constexpr SystemRecipe kRecipes[] = {
    {"Mov", nullptr, nullptr, false, true},        {"Movzx", nullptr, nullptr, false, true},
    {"Movsx", nullptr, nullptr, false, true},      {"Add", nullptr, nullptr, false, true},
    {"Sub", nullptr, nullptr, false, true},        {"Cmp", nullptr, nullptr, false, true},
    {"Adc", nullptr, nullptr, false, true},        {"Sbb", nullptr, nullptr, false, true},
    {"Inc", nullptr, nullptr, false, true},        {"Dec", nullptr, nullptr, false, true},
    {"Neg", nullptr, nullptr, false, true},        {"Not", nullptr, nullptr, false, true},
    {"Xchg", nullptr, nullptr, false, true},       {"Xadd", nullptr, nullptr, false, true},
    {"Cmpxchg", nullptr, nullptr, false, true},    {"Cmpxchg8b", nullptr, nullptr, false, true},
    {"Setcc", nullptr, nullptr, false, true},      {"Cmovcc", nullptr, nullptr, false, true},
    {"Lea", nullptr, nullptr, false, true},        {"Push", nullptr, nullptr, false, true},
    {"Pop", nullptr, nullptr, false, true},        {"Pusha", nullptr, nullptr, false, true},
    {"Popa", nullptr, nullptr, false, true},       {"Enter", frame, nullptr, false, true},
    {"Movs", strings, nullptr, false, true},       {"Lods", strings, nullptr, false, true},
    {"Stos", strings, nullptr, false, true},       {"Scas", strings, nullptr, false, true},
    {"Cmps", strings, nullptr, false, true},       {"Jmp", nearTarget, nearContent, true, true},
    {"Call", nearTarget, nearContent, true, true}, {"Ret", nearReturn, nullptr, true, true},
    {"Jcc", relative, nullptr, true, true},        {"Loop", counted, nullptr, true, true},
    {"Loope", counted, nullptr, true, true},       {"Loopne", counted, nullptr, true, true},
    {"Jcxz", counted, nullptr, true, true},
};

const SystemRecipe* find(const Row& row) {
  for (const auto& table : {controlRecipes(), segmentRecipes(), transferRecipes(), plainRecipes()})
    for (const SystemRecipe& recipe : table)
      if (recipe.sem == row.semName) return &recipe;
  return nullptr;
}

}  // namespace

std::span<const SystemRecipe> plainRecipes() { return kRecipes; }

const SystemRecipe* systemRecipeOf(const Row& row) {
  static const std::vector<const SystemRecipe*> byRow = [] {
    std::vector<const SystemRecipe*> list;
    for (const Row& r : allRows()) list.push_back(find(r));
    return list;
  }();
  return byRow[row.index];
}

}  // namespace duet::diff
