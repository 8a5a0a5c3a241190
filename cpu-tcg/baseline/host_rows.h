// What blocks and regions ask of rows that the host carries out with the guest's own opcode.
#pragma once

#include "cpu-tcg/interp/block.h"
#include "cpu-tcg/runtime/unit_check.h"

namespace duet::tcg::baseline {

// Whether the row's unit may be used under a mode's key (mode_key.h), without a look at its exceptions.
bool isUsable(const isa::Row& row, u32 key);

// VZEROUPPER and VZEROALL.
bool isVzero(const isa::Row& row);

// Whether upper halves of vector registers may be other than 0 behind it, though they all were 0 before.
bool makesUppers(const isa::Insn& insn);

}  // namespace duet::tcg::baseline
