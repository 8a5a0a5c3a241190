#include "cpu-tcg/region/host_step.h"

#include <algorithm>
#include <string_view>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/access_windows.h"
#include "cpu-tcg/baseline/host_rows.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/interp/native_handler.h"
#include "cpu-tcg/native/encode.h"
#include "cpu-tcg/region/compilable.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::region {

using namespace isa;

namespace {

bool mayUse(const Row& row, u32 key) {
  const Unit unit = unitOf(row);
  if ((unit != Unit::Sse && unit != Unit::Avx) || !baseline::isUsable(row, key)) return false;
  return !row.has(kAttrMxcsr) || (key & baseline::kSimdMasked);
}

// ZF, PF and CF by the instruction, others by the manual.
bool isPlainEffect(const FlagEffect& f) {
  return !f.read && !f.undefined && !f.set && !(f.written & ~u32{kFlagZf | kFlagPf | kFlagCf});
}

bool isPlainRegister(const Operand& op, const OperandSpec& spec) {
  if (spec.slot == Slot::Fixed) return false;
  return spec.access == Access::Read || (spec.access == Access::Write && op.size >= 4);
}

bool isPlainOperand(const Insn& insn, unsigned n) {
  const Operand& op = insn.op[n];
  const OperandSpec& spec = insn.row->operands[n];
  switch (op.kind) {
    case OperandKind::Vector:
    case OperandKind::Immediate:
      return true;
    case OperandKind::Gpr:
      return isPlainRegister(op, spec);
    case OperandKind::Memory:
      return !spec.addressOnly && isPlainMemory(insn);
    default:
      return false;
  }
}

bool isHostRow(const Insn& insn, u32 key) {
  if (!insn.row || insn.mode != CodeMode::Bits64 || insn.addrSize == 2) return false;
  const Row& row = *insn.row;
  constexpr u32 kOthers = kAttrFpu | kAttrMmx | kAttrVsibX | kAttrVsibY | kAttrEnd;
  if (row.semName != "Native" || (row.attrs & kOthers) || !mayUse(row, key)) return false;
  if (baseline::isPcmpstri(row) || !isPlainEffect(row.flags)) return false;
  for (unsigned n = 0; n < row.operandCount; ++n)
    if (!isPlainOperand(insn, n)) return false;
  return true;
}

HostStep::Uppers uppersAfter(const Insn& insn) {
  if (baseline::isVzero(*insn.row)) return HostStep::Uppers::Zero;
  return baseline::makesUppers(insn) ? HostStep::Uppers::Live : HostStep::Uppers::Stay;
}

}  // namespace

bool makeHostStep(Step& step, u32 modeKey, bool amd) {
  const Insn& insn = step.insn;
  if (!isHostRow(insn, modeKey)) return false;
  BlockInsn prepared;
  static_cast<Insn&>(prepared) = insn;
  prepareNative(prepared, nullptr, amd);
  const NativeOperand& operand = prepared.native;
  if (insn.hasMemory() && !operand.size) return false;
  const HostBytes bytes = encodeForHost(insn);
  HostStep& host = step.host;
  std::copy_n(bytes.bytes, bytes.size, host.bytes.begin());
  host.count = bytes.size;
  host.access = operand.size;
  host.alignMask = operand.alignMask;
  host.writes = operand.writes;
  for (unsigned n = 0; n < kMaxOperands; ++n)
    host.registers[n] = insn.op[n].kind == OperandKind::Gpr ? hostRegisterOf(insn.row->operands[n].slot)
                                                            : HostStep::kNoRegister;
  host.uppers = uppersAfter(insn);
  return true;
}

void addUnits(Units& units, const Step& step) {
  if (!step.host.count) return;
  const Row& row = *step.insn.row;
  units.sse = true;
  units.avx |= unitOf(row) == Unit::Avx;
  units.mxcsr |= row.has(kAttrMxcsr);
}

}  // namespace duet::tcg::region
