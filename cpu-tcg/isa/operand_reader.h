// Operand specs of the chosen row to concrete operands.
#pragma once

#include "cpu-tcg/isa/byte_reader.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

// Fills insn.op, imm and imm2 from insn.row; reads the immediate bytes. ModRM, SIB and displacement
// have been read.
void readOperands(ByteReader& reader, Insn& insn);

}  // namespace duet::tcg::isa
