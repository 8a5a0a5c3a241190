// The bytes of one instruction, chosen from its row: prefixes, registers and addressing form.
#pragma once

#include "cpu-tcg/isa/insn.h"
#include "tools/diff/generate/form.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {

struct ShapeWish {
  u16 addressRegisters = 0;  // general registers that an address may be formed of
  bool keepStack = false;    // RSP is not to be written
  bool plain = false;        // no prefix that could be left away
};

struct Shape {
  u8 legacy[8];  // prefixes in order
  u8 legacyCount = 0;
  bool rex = false, w = false, r = false, x = false, b = false;
  bool vex = false, shortVex = false, l = false;
  u8 vexPrefix = 0, vvvv = 0;
  tcg::isa::Map map = tcg::isa::Map::OneByte;
  u8 opcode = 0;
  bool hasModrm = false, hasSib = false;
  u8 modrm = 0, sib = 0;
  u8 displacementSize = 0;

  void addLegacy(u8 byte) {
    if (legacyCount < sizeof legacy) legacy[legacyCount++] = byte;
  }
};

Shape chooseShape(const tcg::isa::Row& row, const Target& target, const ShapeWish& wish, Random& random);

// Writes all bytes up to and with a displacement of zeros; what is left of `out` is zero. Returns their number (30 at most).
unsigned assemble(const Shape& shape, u8 (&out)[32]);

}  // namespace duet::diff
