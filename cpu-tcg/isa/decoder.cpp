#include "cpu-tcg/isa/decoder.h"

#include <new>

#include "cpu-tcg/isa/byte_reader.h"
#include "cpu-tcg/isa/modrm.h"
#include "cpu-tcg/isa/operand_reader.h"
#include "cpu-tcg/isa/prefixes.h"
#include "cpu-tcg/isa/row_index.h"
#include "cpu-tcg/isa/undefined.h"

namespace duet::tcg::isa {
namespace {

// Who decodes: what the bytes mean to it.
struct Decoding {
  bool protectedMode;
  const FeatureSet& features;
  Dialect dialect;
};

unsigned factsOf(const Decoding& how, const Insn& insn) {
  return (insn.mode == CodeMode::Bits64 ? kIn64 : kNotIn64) | (how.protectedMode ? 0 : kUnprotected) |
         (how.dialect == Dialect::Intel ? 0 : kOnAmd) | (insn.has(kPrefixRexW) ? kW1 : kW0) |
         (insn.vexL ? kL1 : kL0) | (insn.rex & 1 ? kB1 : kB0);
}

// Reads ModRM if the opcode has one, and settles on the row. Null: no such instruction.
const Row* chooseRow(const OpcodePlace& place, ByteReader& reader, const Decoding& how, Insn& insn) {
  const RowIndex& index = rowIndex();
  unsigned facts = factsOf(how, insn);
  for (const Selector& s : index.find(place.vex, place.map, insn.opcode, place.prefix)) {
    if ((s.refuses & facts) || !how.features.has(s.feature)) continue;
    if (!s.hasModrm) return &index.rowOf(s);
    if (!insn.hasModrm) {
      insn.hasModrm = true;
      insn.modrm = reader.next();
      if (!reader.ok()) return nullptr;
      facts |= insn.modrm < 0xc0 ? kOnMemory : kOnRegister;
    }
    if (!(s.refuses & facts) && ((insn.modrm ^ s.modrmValue) & s.modrmMask) == 0) return &index.rowOf(s);
  }
  return nullptr;
}

u8 effectiveOpSize(const Row& row, const Decoding& how, const Insn& insn) {
  const bool toggled = insn.has(kPrefix66);
  if (row.has(kAttrByte)) return 1;
  if (insn.mode == CodeMode::Bits16) return toggled ? 4 : 2;
  if (insn.mode == CodeMode::Bits32) return toggled ? 2 : 4;
  const bool nearBranch = row.has(kAttrF64);
  if (insn.has(kPrefixRexW) || (nearBranch && how.dialect == Dialect::Intel)) return 8;
  if (toggled) return 2;
  return row.has(kAttrD64) || nearBranch ? 8 : 4;
}

// Of an encoding without a row: its immediates have at most four bytes.
u8 plainOpSize(const Insn& insn) {
  if (insn.has(kPrefixRexW)) return 4;
  return (insn.mode == CodeMode::Bits16) == insn.has(kPrefix66) ? 4 : 2;
}

u8 effectiveAddrSize(const Insn& insn) {
  const bool toggled = insn.has(kPrefix67);
  if (insn.mode == CodeMode::Bits16) return toggled ? 4 : 2;
  if (insn.mode == CodeMode::Bits32) return toggled ? 2 : 4;
  return toggled ? 4 : 8;
}

bool segmentRegisterExists(const OperandSpec& spec, const Operand& op) {
  const bool written = spec.access != Access::Read;
  return op.reg <= kGs && !(written && spec.slot == Slot::ModrmReg && op.reg == kCs);
}

bool registersExist(const Insn& insn) {
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    const Operand& op = insn.op[i];
    switch (op.kind) {
      case OperandKind::Segment:
        if (!segmentRegisterExists(insn.row->operands[i], op)) return false;
        break;
      case OperandKind::Control:
        if (op.reg > 8 || op.reg == 1 || (op.reg >= 5 && op.reg <= 7)) return false;
        break;
      case OperandKind::Debug:
        if (op.reg > 7) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

// SDM vol. 2, VPGATHERDD: #UD when any two of destination, index and mask are the same register.
bool gatherRegistersDiffer(const Insn& insn) {
  const u8 destination = insn.op[0].reg;
  const u8 mask = insn.op[2].reg;
  return destination != mask && destination != insn.mem.index && mask != insn.mem.index;
}

bool isLegal(const Insn& insn) {
  const Row& row = *insn.row;
  if (insn.has(kPrefixLock) && !(row.has(kAttrLock) && insn.hasMemory())) return false;
  if (row.vex && !row.usesVvvv && insn.vvvv != 0) return false;
  if ((row.attrs & (kAttrVsibX | kAttrVsibY)) && !gatherRegistersDiffer(insn)) return false;
  return registersExist(insn);
}

DecodeStatus undefined(ByteReader& reader, const OpcodePlace& place, Insn& insn) {
  readUndefinedRest(reader, place, insn);
  return reader.ok() ? DecodeStatus::Invalid : reader.status();
}

DecodeStatus decodeInto(ByteReader& reader, const Decoding& how, Insn& insn) {
  OpcodePlace place;
  readOpcode(reader, how.protectedMode, insn, place);
  if (!reader.ok()) return reader.status();
  insn.addrSize = effectiveAddrSize(insn);
  insn.opSize = plainOpSize(insn);
  if (!place.valid) return undefined(reader, place, insn);
  insn.row = chooseRow(place, reader, how, insn);
  if (!reader.ok()) return reader.status();
  if (!insn.row) return undefined(reader, place, insn);

  if (place.vex && insn.mode != CodeMode::Bits64 && insn.row->w < 0) {
    // VEX.W means nothing here; left set it would widen a re-encoded instruction.
    insn.prefixes = static_cast<u8>(insn.prefixes & ~kPrefixRexW);
    insn.rex = 0;
  }
  insn.opSize = effectiveOpSize(*insn.row, how, insn);
  if (insn.row->modIgnored) insn.modrm |= 0xc0;
  const bool vsib = insn.row->attrs & (kAttrVsibX | kAttrVsibY);
  if (insn.hasMemory() && !readMemoryOperand(reader, vsib, insn)) return undefined(reader, place, insn);
  readOperands(reader, insn);
  if (!reader.ok()) return reader.status();
  return isLegal(insn) ? DecodeStatus::Ok : DecodeStatus::Invalid;
}

}  // namespace

DecodeStatus decode(std::span<const u8> bytes, CodeMode mode, bool protectedMode, const FeatureSet& features,
                    Insn& out, Dialect dialect) {
  ByteReader reader(bytes);
  new (&out) Insn;  // assigned, it would be made elsewhere and copied
  out.mode = mode;
  const DecodeStatus status = decodeInto(reader, {protectedMode, features, dialect}, out);
  out.length = reader.position();
  return status;
}

}  // namespace duet::tcg::isa
