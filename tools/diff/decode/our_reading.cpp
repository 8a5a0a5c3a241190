#include "tools/diff/decode/our_reading.h"

#include "cpu-tcg/isa/format.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

RegisterSet setOf(OperandKind kind) {
  switch (kind) {
    case OperandKind::Gpr:
      return RegisterSet::Gpr;
    case OperandKind::GprHigh:
      return RegisterSet::GprHigh;
    case OperandKind::Segment:
      return RegisterSet::Segment;
    case OperandKind::Control:
      return RegisterSet::Control;
    case OperandKind::Debug:
      return RegisterSet::Debug;
    case OperandKind::Fpu:
      return RegisterSet::X87;
    case OperandKind::Mmx:
      return RegisterSet::Mmx;
    case OperandKind::Vector:
      return RegisterSet::Vector;
    default:
      return RegisterSet::None;
  }
}

// Names of general and vector registers say a size. Scalars are in XMM registers.
u8 nameSize(const Operand& op) {
  switch (op.kind) {
    case OperandKind::Gpr:
    case OperandKind::GprHigh:
      return static_cast<u8>(op.size);
    case OperandKind::Vector:
      return op.size == 32 ? 32 : 16;
    default:
      return 0;
  }
}

RegisterName addressRegister(u8 number, u8 size) {
  if (number == kNoReg) return {};
  if (number == kRipBase) return {RegisterSet::Ip, 0, size};
  return {RegisterSet::Gpr, number, size};
}

SegReg flattened(SegReg segment, CodeMode mode) {
  return mode == CodeMode::Bits64 && segment < kFs ? kNoSegment : segment;
}

void addMemory(const Insn& insn, const Operand& op, Reading& out) {
  Part& part = out.add(PartKind::Memory);
  part.size = op.size;
  part.addressSize = insn.addrSize;
  part.base = addressRegister(insn.mem.base, insn.addrSize);
  part.index = addressRegister(insn.mem.index, insn.addrSize);
  if (insn.row->has(kAttrVsibX)) part.index = {RegisterSet::Vector, insn.mem.index, 16};
  if (insn.row->has(kAttrVsibY)) part.index = {RegisterSet::Vector, insn.mem.index, 32};
  part.scale = static_cast<u8>(1u << insn.mem.scale);
  part.segment = flattened(insn.mem.segment, insn.mode);
  part.value = static_cast<u64>(insn.mem.disp);
}

void addString(const Insn& insn, const Operand& op, u8 number, SegReg segment, Reading& out) {
  Part& part = out.add(PartKind::Memory);
  part.size = op.size;
  part.addressSize = insn.addrSize;
  part.base = addressRegister(number, insn.addrSize);
  part.segment = flattened(segment, insn.mode);
}

void addOperand(const Insn& insn, const Operand& op, bool second, Reading& out) {
  switch (op.kind) {
    case OperandKind::None:
      return;
    case OperandKind::Memory:
      return addMemory(insn, op, out);
    case OperandKind::StringSrc:
      return addString(insn, op, 6, insn.mem.segment, out);
    case OperandKind::StringDst:
      return addString(insn, op, 7, kEs, out);
    case OperandKind::Immediate: {
      Part& part = out.add(PartKind::Immediate);
      part.value = second ? insn.imm2 : insn.imm;
      part.size = op.size;
      return;
    }
    case OperandKind::Relative: {
      Part& part = out.add(PartKind::Target);
      part.value = insn.imm;
      part.size = insn.mode == CodeMode::Bits64 ? 8 : insn.opSize;
      return;
    }
    case OperandKind::FarPointer: {
      Part& part = out.add(PartKind::FarPointer);
      part.value = insn.imm;
      part.selector = insn.imm2;
      part.size = insn.opSize;
      return;
    }
    default:
      out.add(PartKind::Register).reg = {setOf(op.kind), op.reg, nameSize(op)};
  }
}

}  // namespace

void toReading(const Insn& insn, Reading& out) {
  out.clear();
  out.valid = true;
  out.length = insn.length;
  out.lock = insn.has(kPrefixLock);
  out.repeats = insn.row->attrs & (kAttrRep | kAttrRepe);
  if (out.repeats && insn.has(kPrefixRep)) out.repeat = Repeat::Rep;
  if (out.repeats && insn.has(kPrefixRepne)) out.repeat = Repeat::Repne;
  out.name = mnemonicOf(insn);
  bool sawImmediate = false;
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    addOperand(insn, insn.op[i], sawImmediate, out);
    const Slot slot = insn.row->operands[i].slot;
    const bool idle = i > 0 && std::string_view(insn.row->semName) == "Nop";
    if (out.count) out.parts[out.count - 1].implied = slot == Slot::Fixed || slot == Slot::One || idle;
    sawImmediate |= slot == Slot::Immediate;
  }
}

void readOurs(std::span<const u8> bytes, CodeMode mode, const Reader& reader, OurReading& out) {
  out.status = decode(bytes, mode, true, reader.features, out.insn, reader.dialect);
  if (out.status == DecodeStatus::Ok) return toReading(out.insn, out.reading);
  out.reading.clear();
  out.reading.length = out.insn.length;
}

}  // namespace duet::diff
