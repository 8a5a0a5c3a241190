// The guest's own opcode with other registers: most operations on general registers and one memory operand.
#pragma once

#include "cpu-tcg/baseline/host_code.h"
#include "cpu-tcg/interp/block.h"

namespace duet::tcg::baseline {

// Host registers in the places of the guest's. Places that no operand names stay as they are.
struct HostOperands {
  u8 reg = 0, rm = 0, low = 0;  // ModRM.reg, ModRM.rm, the opcode's low bits
  bool inOpcode = false;        // the latter name a register
  bool memory = false;          // ModRM.rm is memory at [kT2], or
  bool indexed = false;         // at [kT2 + kT1]
  bool needsRex = false;        // one of them is SPL, BPL, SIL or DIL
  bool lock = false;
};

// What stands for ModRM and opcode where no register does.
HostOperands operandsOf(const BlockInsn& insn);
// Puts operand `n` into the place that its row names.
void setOperand(HostOperands& out, const BlockInsn& insn, unsigned n, const asmjit::Operand& host);

// Not of VEX, of addresses in place of ModRM, and of opcodes that 64-bit mode has not.
bool canRecode(const BlockInsn& insn);
void recode(HostCode& a, const BlockInsn& insn, const HostOperands& operands);

}  // namespace duet::tcg::baseline
