// How long an encoding is that means nothing.
#pragma once

#include "cpu-tcg/isa/insn.h"
#include "cpu-tcg/isa/prefixes.h"

namespace duet::tcg::isa {

// Reads what a processor reads before it raises #UD: ModRM, address bytes and immediate follow from the map and the opcode, so
// a page fault on them comes first (seen on Zen 4). ModRM may have been read already.
void readUndefinedRest(ByteReader& reader, const OpcodePlace& place, Insn& insn);

}  // namespace duet::tcg::isa
