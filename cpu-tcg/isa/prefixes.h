// Legacy, REX and VEX prefixes and the opcode byte (SDM vol. 2, 2.1 to 2.3).
#pragma once

#include "cpu-tcg/isa/byte_reader.h"
#include "cpu-tcg/isa/row_index.h"

namespace duet::tcg::isa {

struct OpcodePlace {
  bool vex = false;
  Map map = Map::OneByte;
  PrefixClass prefix = PrefixClass::None;
  bool known = true;  // false: there is no such VEX map, and the opcode byte has not been read
  bool valid = true;  // false: no instruction has these prefixes (VEX after 66, unknown VEX map)
};

// Reads up to and including the opcode byte. Sets insn.prefixes, rex, vexL, vvvv, opcode and
// mem.segment. Check reader.ok() before using `place`. (As a result it would be put together in memory from single bytes, which
// costs as much as all the rest.)
void readOpcode(ByteReader& reader, bool protectedMode, Insn& insn, OpcodePlace& place);

}  // namespace duet::tcg::isa
