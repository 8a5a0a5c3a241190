#include "cpu-tcg/isa/modrm.h"

#include "core/base/bits.h"

namespace duet::tcg::isa {
namespace {

constexpr u8 kRbx = 3, kRsp = 4, kRbp = 5, kRsi = 6, kRdi = 7;

i64 displacement(ByteReader& reader, unsigned size) {
  return size == 0 ? 0 : static_cast<i64>(signExtend(reader.value(size), size * 8));
}

void readAddress16(ByteReader& reader, Insn& insn) {
  static constexpr u8 kBase[8] = {kRbx, kRbx, kRbp, kRbp, kRsi, kRdi, kRbp, kRbx};
  static constexpr u8 kIndex[8] = {kRsi, kRdi, kRsi, kRdi, kNoReg, kNoReg, kNoReg, kNoReg};
  const unsigned mod = insn.modrm >> 6;
  const unsigned rm = insn.modrm & 7;
  if (mod == 0 && rm == 6) {
    insn.mem.disp = displacement(reader, 2);
    return;
  }
  insn.mem.base = kBase[rm];
  insn.mem.index = kIndex[rm];
  insn.mem.disp = displacement(reader, mod);
}

// The SIB byte; returns whether mod 0 stands for a bare disp32.
bool readSib(ByteReader& reader, bool vsib, unsigned mod, Insn& insn) {
  const u8 sib = reader.next();
  const u8 rexX = (insn.rex >> 1) & 1;
  const u8 rexB = insn.rex & 1;
  const u8 index = static_cast<u8>(((sib >> 3) & 7) | (rexX << 3));
  insn.mem.scale = sib >> 6;
  if (vsib || index != kRsp)
    insn.mem.index = index;
  else
    insn.mem.scale = 0;
  if ((sib & 7) == kRbp && mod == 0) return true;
  insn.mem.base = static_cast<u8>((sib & 7) | (rexB << 3));
  return false;
}

bool readAddress32(ByteReader& reader, bool vsib, Insn& insn) {
  const unsigned mod = insn.modrm >> 6;
  const unsigned rm = insn.modrm & 7;
  bool bare = false;
  if (rm == kRsp) {
    bare = readSib(reader, vsib, mod, insn);
  } else if (vsib) {
    return false;
  } else if (mod == 0 && rm == kRbp) {
    bare = true;
    if (insn.mode == CodeMode::Bits64) insn.mem.base = kRipBase;
  } else {
    insn.mem.base = static_cast<u8>(rm | ((insn.rex & 1u) << 3));
  }
  insn.mem.disp = displacement(reader, bare || mod == 2 ? 4 : mod);
  return true;
}

}  // namespace

bool readMemoryOperand(ByteReader& reader, bool vsib, Insn& insn) {
  if (insn.addrSize == 2) {
    if (vsib) return false;
    readAddress16(reader, insn);
  } else if (!readAddress32(reader, vsib, insn)) {
    return false;
  }
  const bool stackBase = insn.mem.base == kRsp || insn.mem.base == kRbp;
  if (stackBase && !insn.has(kPrefixSegment)) insn.mem.segment = kSs;
  return true;
}

}  // namespace duet::tcg::isa
