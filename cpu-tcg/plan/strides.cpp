#include "cpu-tcg/plan/strides.h"

#include <string_view>

#include "core/cpu/cpu_state.h"

namespace duet::tcg::region {
namespace {

constexpr i64 kSmall = 256;

bool isSmall(u64 change) { return change + kSmall <= u64{2 * kSmall}; }

// Whether the instruction adds a small constant to the register that it writes.
bool steps(const isa::Insn& insn, u8 reg) {
  const std::string_view sem = insn.row->semName;
  if (sem == "Inc" || sem == "Dec") return true;
  if (sem == "Add" || sem == "Sub")
    return insn.op[1].kind == isa::OperandKind::Immediate && isSmall(insn.imm);
  return sem == "Lea" && insn.mem.base == reg && insn.mem.index == isa::kNoReg &&
         isSmall(static_cast<u64>(insn.mem.disp));
}

// What instructions change beside their operands, but for PUSH, POP, CALL and RET, whose steps are small.
u32 hiddenChanges(std::string_view sem) {
  constexpr u32 kA = 1u << kRax, kD = 1u << kRdx;
  if (sem == "Mul" || sem == "ImulWide" || sem == "Div" || sem == "Idiv") return kA | kD;
  if (sem == "Cbw") return kA;
  if (sem == "Cwd") return kD;
  if (sem == "Leave") return 1u << kRsp | 1u << kRbp;
  return 0;
}

}  // namespace

void Strides::add(const Node& node) {
  for (const Step& s : node.steps) add(s.insn);
}

void Strides::add(const isa::Insn& insn) {
  jumps_ |= hiddenChanges(insn.row->semName);
  for (unsigned n = 0; n < insn.row->operandCount; ++n) {
    const isa::Operand& op = insn.op[n];
    if (op.kind != isa::OperandKind::Gpr || insn.row->operands[n].access == isa::Access::Read) continue;
    if (!steps(insn, op.reg)) jumps_ |= 1u << op.reg;
  }
}

bool Strides::areSmall(const isa::MemoryRef& address) const {
  const auto jumps = [&](u8 reg) { return reg < 16 && (jumps_ >> reg & 1); };
  return !jumps(address.base) && !jumps(address.index);
}

}  // namespace duet::tcg::region
