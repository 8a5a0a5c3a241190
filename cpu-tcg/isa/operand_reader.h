// Operand specs of the chosen row to concrete operands.
#pragma once

#include "cpu-tcg/isa/byte_reader.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

// Size in bytes that `rule` gives for this instruction (prefixes, opSize and VEX.L are set).
u16 operandSize(SizeRule rule, const Insn& insn);

// Fills insn.op, imm and imm2 from insn.row; reads the immediate bytes. ModRM, SIB and displacement
// have been read.
void readOperands(ByteReader& reader, Insn& insn);

}  // namespace duet::tcg::isa
