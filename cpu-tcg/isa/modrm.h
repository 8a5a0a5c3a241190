// Effective-address bytes after ModRM (SDM vol. 2, 2.1.5, tables 2-1 to 2-3).
#pragma once

#include "cpu-tcg/isa/byte_reader.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::isa {

// Reads SIB and displacement of insn.modrm (mod != 3) into insn.mem: base, index, scale, disp; sets the
// default segment to SS for stack bases. `vsib`: the index names a vector register.
// False: the form does not exist (VSIB without SIB).
bool readMemoryOperand(ByteReader& reader, bool vsib, Insn& insn);

}  // namespace duet::tcg::isa
