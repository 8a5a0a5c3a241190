#include "cpu-tcg/baseline/host_rows.h"

#include "cpu-tcg/baseline/mode_key.h"

namespace duet::tcg::baseline {

using namespace isa;

bool isUsable(const Row& row, u32 key) {
  switch (unitOf(row)) {
    case Unit::None:
      return true;
    case Unit::Sse:
      return key & kSseUsable;
    case Unit::Avx:
      return key & kAvxUsable;
    default:
      return key & kX87Usable;
  }
}

bool isVzero(const Row& row) { return row.vex && row.map == Map::M0F && row.opcode == 0x77; }

bool makesUppers(const Insn& insn) {
  const Row& row = *insn.row;
  if (!row.has(kAttrAvx) || row.l == -1 || !insn.vexL || isVzero(row)) return false;
  for (unsigned i = 0; i < row.operandCount; ++i)
    if (insn.op[i].kind == OperandKind::Vector && row.operands[i].access != Access::Read) return true;
  return false;
}

}  // namespace duet::tcg::baseline
