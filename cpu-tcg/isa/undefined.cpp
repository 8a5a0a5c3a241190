#include "cpu-tcg/isa/undefined.h"

#include "cpu-tcg/isa/modrm.h"
#include "cpu-tcg/isa/operand_reader.h"

namespace duet::tcg::isa {
namespace {

void readModrm(ByteReader& reader, Insn& insn, bool mayBeMemory = true) {
  if (!insn.hasModrm) {
    insn.hasModrm = true;
    insn.modrm = reader.next();
  }
  if (reader.ok() && mayBeMemory && insn.hasMemory()) readMemoryOperand(reader, false, insn);
}

// A row of another mode, prefix, feature or ModRM.reg that has the opcode: what follows is of the same form.
const Row* relative(const OpcodePlace& place, u8 opcode) {
  for (const PrefixClass prefix : {PrefixClass::None, PrefixClass::P66, PrefixClass::PF3, PrefixClass::PF2})
    for (const Selector& s : rowIndex().find(false, place.map, opcode, prefix))
      if (!(s.refuses & kOnAmd)) return &rowIndex().rowOf(s);
  return nullptr;
}

void readLegacy(ByteReader& reader, const OpcodePlace& place, Insn& insn) {
  if (place.map == Map::M0F && insn.opcode == 0x0f) {  // 3DNow!: its opcode is the byte behind the operand
    readModrm(reader, insn);
    reader.next();
    return;
  }
  const Row* row = relative(place, insn.opcode);
  if (!row) return;
  if (row->modrm != ModrmRule::Absent) readModrm(reader, insn, !row->modIgnored);
  insn.row = row;
  if (place.vex) insn.opSize = 4;  // 66 before VEX shortens nothing
  readOperands(reader, insn);
  insn.row = nullptr;
}

}  // namespace

void readUndefinedRest(ByteReader& reader, const OpcodePlace& place, Insn& insn) {
  if (!place.known) return;
  // VEX changes nothing about map 0F here: VEX.0F 80 has four bytes behind it, as JO does.
  if (place.map == Map::OneByte || place.map == Map::M0F) return readLegacy(reader, place, insn);
  readModrm(reader, insn);
  if (place.map == Map::M0F3A) reader.next();
}

}  // namespace duet::tcg::isa
