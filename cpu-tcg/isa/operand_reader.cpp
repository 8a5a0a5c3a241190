#include "cpu-tcg/isa/operand_reader.h"

#include "core/base/bits.h"

namespace duet::tcg::isa {
namespace {

OperandKind kindOf(RegClass cls) {
  switch (cls) {
    case RegClass::Gpr:
      return OperandKind::Gpr;
    case RegClass::Segment:
      return OperandKind::Segment;
    case RegClass::Control:
      return OperandKind::Control;
    case RegClass::Debug:
      return OperandKind::Debug;
    case RegClass::Fpu:
      return OperandKind::Fpu;
    case RegClass::Mmx:
      return OperandKind::Mmx;
    case RegClass::Vector:
      return OperandKind::Vector;
    case RegClass::None:
      break;
  }
  return OperandKind::None;
}

bool hasRexExtension(RegClass cls) {
  return cls == RegClass::Gpr || cls == RegClass::Vector || cls == RegClass::Control ||
         cls == RegClass::Debug;
}

Operand registerOperand(const OperandSpec& spec, unsigned low, bool extension, const Insn& insn) {
  const unsigned reg = low | (extension && hasRexExtension(spec.cls) ? 8u : 0u);
  Operand op{kindOf(spec.cls), static_cast<u8>(reg), operandSize(spec.size, insn)};
  // Without a REX prefix the byte registers 4..7 are AH, CH, DH, BH.
  const bool high = op.kind == OperandKind::Gpr && op.size == 1 && low >= 4 && !insn.has(kPrefixRex);
  if (high && !insn.row->vex) op = {OperandKind::GprHigh, static_cast<u8>(low - 4), 1};
  return op;
}

Operand rmOperand(const OperandSpec& spec, const Insn& insn) {
  if (!insn.hasMemory()) return registerOperand(spec, insn.modrm & 7, insn.rex & 1, insn);
  const SizeRule rule = spec.memSize != SizeRule::None ? spec.memSize : spec.size;
  return {OperandKind::Memory, 0, spec.addressOnly ? u16{0} : operandSize(rule, insn)};
}

// Bytes an immediate takes in the instruction, which for Iz and sIb differs from the operand's size.
unsigned encodedSize(const OperandSpec& spec, const Insn& insn) { return operandSize(spec.size, insn); }

Operand readImmediate(ByteReader& reader, const OperandSpec& spec, bool second, Insn& insn) {
  const unsigned size = encodedSize(spec, insn);
  u64 value = reader.value(size);
  if (spec.signExtendImm) value = signExtend(value, size * 8);
  if (second)
    insn.imm2 = static_cast<u32>(value);
  else
    insn.imm = value;
  return {OperandKind::Immediate, 0, spec.signExtendImm ? u16{insn.opSize} : static_cast<u16>(size)};
}

Operand readFarPointer(ByteReader& reader, Insn& insn) {
  insn.imm = reader.value(insn.opSize);
  insn.imm2 = static_cast<u32>(reader.value(2));
  return {OperandKind::FarPointer, 0, static_cast<u16>(insn.opSize + 2)};
}

Operand readMoffs(ByteReader& reader, const OperandSpec& spec, Insn& insn) {
  insn.mem.disp = static_cast<i64>(reader.value(insn.addrSize));
  return {OperandKind::Memory, 0, operandSize(spec.size, insn)};
}

Operand readVectorImmediate(ByteReader& reader, const OperandSpec& spec, const Insn& insn) {
  const unsigned mask = insn.mode == CodeMode::Bits64 ? 15 : 7;
  const unsigned reg = (reader.next() >> 4) & mask;
  return {OperandKind::Vector, static_cast<u8>(reg), operandSize(spec.size, insn)};
}

Operand readOperand(ByteReader& reader, const OperandSpec& spec, bool secondImmediate, Insn& insn) {
  const u16 size = operandSize(spec.size, insn);
  switch (spec.slot) {
    case Slot::None:
      break;
    case Slot::ModrmRm:
      return rmOperand(spec, insn);
    case Slot::ModrmReg:
      return registerOperand(spec, (insn.modrm >> 3) & 7, insn.rex & 4, insn);
    case Slot::OpcodeReg:
      return registerOperand(spec, insn.opcode & 7, insn.rex & 1, insn);
    case Slot::Vvvv: {
      const unsigned mask = insn.mode == CodeMode::Bits64 ? 15 : 7;
      return {kindOf(spec.cls), static_cast<u8>(insn.vvvv & mask), size};
    }
    case Slot::Imm4Reg:
      return readVectorImmediate(reader, spec, insn);
    case Slot::Immediate:
      return readImmediate(reader, spec, secondImmediate, insn);
    case Slot::Relative: {
      readImmediate(reader, spec, false, insn);
      return {OperandKind::Relative, 0, insn.opSize};
    }
    case Slot::FarPointer:
      return readFarPointer(reader, insn);
    case Slot::Moffs:
      return readMoffs(reader, spec, insn);
    case Slot::StringSrc:
      return {OperandKind::StringSrc, 0, size};
    case Slot::StringDst:
      return {OperandKind::StringDst, 0, size};
    case Slot::Fixed:
      return {kindOf(spec.cls), spec.fixedReg, size};
    case Slot::One:
      insn.imm = 1;
      return {OperandKind::Immediate, 0, 1};
  }
  return {};
}

u16 vectorLength(const Insn& insn) { return insn.vexL ? 32 : 16; }

}  // namespace

u16 operandSize(SizeRule rule, const Insn& insn) {
  const bool wide = insn.mode == CodeMode::Bits64;
  switch (rule) {
    case SizeRule::None:
      return 0;
    case SizeRule::B1:
      return 1;
    case SizeRule::B2:
      return 2;
    case SizeRule::B4:
      return 4;
    case SizeRule::B8:
      return 8;
    case SizeRule::B10:
      return 10;
    case SizeRule::B16:
      return 16;
    case SizeRule::B32:
      return 32;
    case SizeRule::B14_28:
      return insn.opSize == 2 ? 14 : 28;
    case SizeRule::B94_108:
      return insn.opSize == 2 ? 94 : 108;
    case SizeRule::B512:
      return 512;
    case SizeRule::XsaveArea:
      return 0;
    case SizeRule::OpSize:
      return insn.opSize;
    case SizeRule::OpSizeZ:
      return insn.opSize == 2 ? 2 : 4;
    case SizeRule::OpSizeY:
      return wide && insn.has(kPrefixRexW) ? 8 : 4;
    case SizeRule::Native:
      return wide ? 8 : 4;
    case SizeRule::VecLen:
      return vectorLength(insn);
    case SizeRule::VecHalf:
      return vectorLength(insn) / 2;
    case SizeRule::VecFourth:
      return vectorLength(insn) / 4;
    case SizeRule::VecEighth:
      return vectorLength(insn) / 8;
    case SizeRule::FarPtr:
      return static_cast<u16>(insn.opSize + 2);
    case SizeRule::PseudoDescriptor:
      return wide ? 10 : 6;
    case SizeRule::BoundPair:
      return static_cast<u16>(insn.opSize * 2);
  }
  return 0;
}

void readOperands(ByteReader& reader, Insn& insn) {
  bool sawImmediate = false;
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    const OperandSpec& spec = insn.row->operands[i];
    insn.op[i] = readOperand(reader, spec, sawImmediate, insn);
    sawImmediate |= spec.slot == Slot::Immediate;
  }
}

}  // namespace duet::tcg::isa
