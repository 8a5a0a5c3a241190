#include "cpu-tcg/region/compilable.h"

#include <string_view>
#include <unordered_set>

namespace duet::tcg::region {
namespace {

const std::unordered_set<std::string_view>& meanings() {
#define MEANING(S) #S
  static const std::unordered_set<std::string_view> all = {
#include "cpu-tcg/region/compilable.inc"
  };
#undef MEANING
  return all;
}

bool isPlainOperand(const isa::Insn& insn, const isa::Operand& op) {
  using enum isa::OperandKind;
  if (op.kind != Memory)
    return op.kind == None || op.kind == Gpr || op.kind == GprHigh || op.kind == Immediate ||
           op.kind == Relative;
  return isPlainMemory(insn);
}

}  // namespace

bool isPlainMemory(const isa::Insn& insn) {
  const isa::MemoryRef& m = insn.mem;
  // With a base, AMD's processors look at the offset too (runtime's checkOffset).
  const bool based = m.segment >= isa::kFs && m.segment != isa::kNoSegment;
  return !based || (m.base == isa::kNoReg && m.index == isa::kNoReg);
}

bool isCompilable(const isa::Insn& insn) {
  if (!insn.row || insn.mode != isa::CodeMode::Bits64 || insn.addrSize == 2) return false;
  const std::string_view sem = insn.row->semName;
  if (!meanings().count(sem)) return false;
  const isa::MandatoryPrefix own = insn.row->prefix;
  const bool rep = insn.has(isa::kPrefixRep) && own != isa::MandatoryPrefix::PF3;
  const bool repne = insn.has(isa::kPrefixRepne) && own != isa::MandatoryPrefix::PF2;
  const bool branch = insn.row->has(isa::kAttrEnd);
  if (sem != "Nop" && (repne || (rep && !branch))) return false;
  if (branch && insn.opSize != 8) return false;
  for (const isa::Operand& op : insn.op)
    if (sem != "Nop" && !isPlainOperand(insn, op)) return false;
  if ((sem == "Xchg" || sem == "Xadd") && insn.op[1].kind == isa::OperandKind::Memory) return false;
  const bool divides = sem == "Div" || sem == "Idiv";
  return !divides || insn.opSize >= 4;
}

}  // namespace duet::tcg::region
