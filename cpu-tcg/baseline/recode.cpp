#include "cpu-tcg/baseline/recode.h"

#include <algorithm>

namespace duet::tcg::baseline {

using namespace isa;

namespace {

struct Bytes {
  u8* at;
  void put(u32 byte) { *at++ = static_cast<u8>(byte); }
  void put(u64 value, size_t size) {
    std::memcpy(at, &value, sizeof value);
    at += size;
  }
};

// Else 66 may be undefined (MOVNTI).
bool dependsOnSize(const Row& row) {
  return std::ranges::any_of(row.operands, [](const OperandSpec& o) { return o.size == SizeRule::OpSize; });
}

void putPrefixes(Bytes& out, const BlockInsn& insn, const HostOperands& o) {
  const Row& row = *insn.row;
  if (o.lock) out.put(0xf0);
  if (insn.opSize == 2 && dependsOnSize(row)) out.put(0x66);
  if (row.prefix == MandatoryPrefix::PF3) out.put(0xf3);
  if (row.prefix == MandatoryPrefix::PF2) out.put(0xf2);
  const u32 index = o.indexed ? kT1.id() : 0;
  const u32 rm = o.inOpcode ? o.low : o.memory ? kT2.id() : o.rm;
  const u32 bits = (insn.opSize == 8 ? 8u : 0u) | (o.reg & 8) >> 1 | (index & 8) >> 2 | (rm & 8) >> 3;
  if (bits || o.needsRex) out.put(0x40 | bits);
}

void putOpcode(Bytes& out, const BlockInsn& insn, const HostOperands& o) {
  const Row& row = *insn.row;
  if (row.map != Map::OneByte) out.put(0x0f);
  if (row.map == Map::M0F38) out.put(0x38);
  if (row.map == Map::M0F3A) out.put(0x3a);
  out.put(o.inOpcode ? (insn.opcode & 0xf8) | (o.low & 7) : insn.opcode);
}

void putModrm(Bytes& out, const HostOperands& o) {
  static_assert(kT2.id() == 14 && kT1.id() == 11);  // neither RSP nor RBP nor one encoded like them
  const u32 reg = (o.reg & 7u) << 3;
  if (!o.memory) return out.put(0xc0 | reg | (o.rm & 7));
  if (!o.indexed) return out.put(reg | (kT2.id() & 7));
  out.put(reg | 4);
  out.put((kT1.id() & 7) << 3 | (kT2.id() & 7));
}

size_t immediateSize(SizeRule rule, const BlockInsn& insn) {
  switch (rule) {
    case SizeRule::B1:
      return 1;
    case SizeRule::B2:
      return 2;
    case SizeRule::OpSizeZ:
      return insn.opSize == 2 ? 2 : 4;
    default:
      DUET_ASSERT(rule == SizeRule::OpSize);
      return insn.opSize;
  }
}

}  // namespace

HostOperands operandsOf(const BlockInsn& insn) {
  HostOperands o;
  if (!insn.hasModrm) return o;
  o.reg = (insn.modrm >> 3) & 7;
  o.rm = insn.modrm & 7;
  return o;
}

void setOperand(HostOperands& out, const BlockInsn& insn, unsigned n, const asmjit::Operand& host) {
  if (host.isMem()) {
    out.memory = true;
    out.indexed = host.as<x86::Mem>().hasIndex();
    return;
  }
  if (!host.isReg()) return;
  const u8 id = static_cast<u8>(host.id());
  out.needsRex |= host.as<x86::Gp>().size() == 1 && id >= 4 && id < 8;
  const Slot slot = insn.row->operands[n].slot;
  if (slot == Slot::ModrmReg) out.reg = id;
  if (slot == Slot::ModrmRm) out.rm = id;
  if (slot != Slot::OpcodeReg) return;
  out.low = id;
  out.inOpcode = true;
}

bool canRecode(const BlockInsn& insn) {
  const Row& row = *insn.row;
  return !row.vex && !row.has(kAttrI64) && row.operands[0].slot != Slot::Moffs &&
         row.operands[1].slot != Slot::Moffs;
}

void recode(HostCode& a, const BlockInsn& insn, const HostOperands& operands) {
  Bytes out{a.next()};
  putPrefixes(out, insn, operands);
  putOpcode(out, insn, operands);
  if (insn.hasModrm) putModrm(out, operands);
  for (unsigned n = 0; n < insn.row->operandCount; ++n) {
    const OperandSpec& spec = insn.row->operands[n];
    if (spec.slot == Slot::Immediate) out.put(insn.imm, immediateSize(spec.size, insn));
  }
  a.next(out.at);
}

}  // namespace duet::tcg::baseline
