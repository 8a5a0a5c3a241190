#include "cpu-tcg/native/encode.h"

namespace duet::tcg {

using namespace isa;

namespace {

// The fields of the encoding as the host needs them.
struct Fields {
  u8 reg = 0;  // 4 bits, with R
  u8 rm = 0;   // 4 bits, with B; register forms
  u8 vvvv = 0;
  u8 index = 0;  // 4 bits, with X
  bool w = false;
  bool l = false;
  bool size16 = false;  // needs a 66 prefix as operand size
  u8 immCount = 0;
  u8 imm[2] = {};
};

// Outside 64-bit mode VEX.W counts only where the row demands it, and not in rows of the form "W1 is
// ignored there" (marked i64).
bool effectiveW(const Insn& insn) {
  const Row& row = *insn.row;
  if (insn.mode == CodeMode::Bits64) return insn.rex & 8;
  return row.w == 1 && !row.has(kAttrI64);
}

bool hasSib(const Insn& insn, const HostRegisters& host) {
  return insn.hasMemory() && host.index != HostRegisters::kNoIndex;
}

void applyOperand(const Insn& insn, unsigned index, const HostRegisters& host, Fields& f) {
  const OperandSpec& spec = insn.row->operands[index];
  const Operand& op = insn.op[index];
  const bool gpr = op.kind == OperandKind::Gpr || op.kind == OperandKind::GprHigh;
  if (spec.size == SizeRule::OpSize && op.size == 2) f.size16 = true;
  switch (spec.slot) {
    case Slot::ModrmReg:
      f.reg = gpr ? host.reg : op.reg;
      break;
    case Slot::ModrmRm:
      f.rm = op.kind == OperandKind::Memory ? host.pointer : gpr ? host.rm : op.reg;
      break;
    case Slot::Vvvv:
      f.vvvv = gpr ? host.vvvv : op.reg;
      break;
    case Slot::Imm4Reg:
      f.imm[f.immCount++] = static_cast<u8>(op.reg << 4);
      break;
    case Slot::Immediate:
      f.imm[f.immCount] = static_cast<u8>(f.immCount ? insn.imm2 : insn.imm);
      ++f.immCount;
      break;
    default:
      break;
  }
}

Fields fieldsOf(const Insn& insn, const HostRegisters& host = kStubRegisters) {
  const Row& row = *insn.row;
  Fields f;
  f.reg = (insn.modrm >> 3) & 7;
  f.rm = insn.modrm & 7;
  f.w = effectiveW(insn);
  f.l = row.vex && row.l != -1 && insn.vexL;
  for (unsigned i = 0; i < row.operandCount; ++i) applyOperand(insn, i, host, f);
  if (hasSib(insn, host)) f.index = host.index;
  return f;
}

void putLegacyPrefix(HostBytes& out, const Row& row, const Fields& f) {
  if (row.prefix == MandatoryPrefix::P66 || f.size16) out.put(0x66);
  if (row.prefix == MandatoryPrefix::PF3) out.put(0xf3);
  if (row.prefix == MandatoryPrefix::PF2) out.put(0xf2);
  const unsigned rex = (f.w ? 8 : 0) | (f.reg & 8 ? 4 : 0) | (f.index & 8 ? 2 : 0) | (f.rm & 8 ? 1 : 0);
  if (rex) out.put(0x40 | rex);
  if (row.map != Map::OneByte) out.put(0x0f);
  if (row.map == Map::M0F38) out.put(0x38);
  if (row.map == Map::M0F3A) out.put(0x3a);
}

void putVex(HostBytes& out, const Row& row, const Fields& f) {
  const unsigned map = row.map == Map::M0F ? 1 : row.map == Map::M0F38 ? 2 : 3;
  const unsigned pp = row.prefix == MandatoryPrefix::P66   ? 1
                      : row.prefix == MandatoryPrefix::PF3 ? 2
                      : row.prefix == MandatoryPrefix::PF2 ? 3
                                                           : 0;
  out.put(0xc4);
  out.put((f.reg & 8 ? 0 : 0x80) | (f.index & 8 ? 0 : 0x40) | (f.rm & 8 ? 0 : 0x20) | map);
  out.put((f.w ? 0x80 : 0) | (~f.vvvv & 0xf) << 3 | (f.l ? 4 : 0) | pp);
}

}  // namespace

u8 hostRegisterOf(Slot slot, const HostRegisters& host) {
  return slot == Slot::ModrmReg ? host.reg : slot == Slot::Vvvv ? host.vvvv : host.rm;
}

HostBytes encodeForHost(const Insn& insn, const HostRegisters& host) {
  const Row& row = *insn.row;
  const Fields f = fieldsOf(insn, host);
  HostBytes out;
  if (row.vex) {
    putVex(out, row, f);
  } else {
    putLegacyPrefix(out, row, f);
  }
  out.put(insn.opcode);
  if (insn.hasModrm) {
    const unsigned reg = (f.reg & 7u) << 3;
    const bool sib = hasSib(insn, host);
    out.put((insn.hasMemory() ? 0 : 0xc0) | reg | (sib ? 4 : f.rm & 7));
    if (sib) out.put((f.index & 7u) << 3 | (f.rm & 7));
  }
  for (unsigned i = 0; i < f.immCount; ++i) out.put(f.imm[i]);
  return out;
}

u64 stubKey(const Insn& insn) {
  const Row& row = *insn.row;
  Fields f = fieldsOf(insn);
  // General registers are loaded from the guest's by number: the number is part of the stub.
  for (unsigned i = 0; i < row.operandCount; ++i) {
    const Operand& op = insn.op[i];
    const bool high = op.kind == OperandKind::GprHigh;
    if (op.kind != OperandKind::Gpr && !high) continue;
    const u8 number = static_cast<u8>(op.reg | (high ? 16 : 0));
    if (row.operands[i].slot == Slot::ModrmReg) f.reg = number;
    if (row.operands[i].slot == Slot::ModrmRm) f.rm = number;
    if (row.operands[i].slot == Slot::Vvvv) f.vvvv = number;
  }
  const bool memory = insn.hasMemory();
  if (memory) f.rm = 0;
  u64 key = row.index;
  key = key << 5 | f.reg;
  key = key << 5 | f.rm;
  key = key << 5 | f.vvvv;
  key = key << 8 | f.imm[0];
  key = key << 8 | f.imm[1];
  key = key << 3 | (insn.opcode & 7);
  key = key << 5 | (memory ? 16 : 0) | (f.w ? 8 : 0) | (f.l ? 4 : 0) | (f.size16 ? 2 : 0) |
        (insn.mode == CodeMode::Bits64 ? 1 : 0);
  return key;
}

}  // namespace duet::tcg
