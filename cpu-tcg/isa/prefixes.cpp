#include "cpu-tcg/isa/prefixes.h"

#include <array>

namespace duet::tcg::isa {
namespace {

constexpr u8 kRexW = 8;

void setSegment(Insn& insn, SegReg segment) {
  // 64-bit mode ignores the ES, CS, SS and DS overrides: they do not even undo an earlier FS.
  if (insn.mode == CodeMode::Bits64 && segment < kFs) return;
  insn.mem.segment = segment;
  insn.prefixes |= kPrefixSegment;
}

void takeLegacyPrefix(u8 byte, Insn& insn) {
  switch (byte) {
    case 0x26:
      return setSegment(insn, kEs);
    case 0x2e:
      return setSegment(insn, kCs);
    case 0x36:
      return setSegment(insn, kSs);
    case 0x3e:
      return setSegment(insn, kDs);
    case 0x64:
      return setSegment(insn, kFs);
    case 0x65:
      return setSegment(insn, kGs);
    case 0x66:
      insn.prefixes |= kPrefix66;
      return;
    case 0x67:
      insn.prefixes |= kPrefix67;
      return;
    case 0xf0:
      insn.prefixes |= kPrefixLock;
      return;
    case 0xf2:
      insn.prefixes = static_cast<u8>((insn.prefixes & ~kPrefixRep) | kPrefixRepne);
      return;
    default:  // F3
      insn.prefixes = static_cast<u8>((insn.prefixes & ~kPrefixRepne) | kPrefixRep);
  }
}

enum class ByteKind : u8 { Opcode, Rex, Legacy };  // Rex: in 64-bit mode

constexpr std::array<ByteKind, 256> kByteKinds = [] {
  std::array<ByteKind, 256> kinds{};
  for (unsigned rex = 0x40; rex < 0x50; ++rex) kinds[rex] = ByteKind::Rex;
  for (const int byte : {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3})
    kinds[byte] = ByteKind::Legacy;
  return kinds;
}();

// Reads all prefixes and the byte after them. A REX counts only right before the opcode.
u8 readPrefixes(ByteReader& reader, Insn& insn) {
  const ByteKind mostly = insn.mode == CodeMode::Bits64 ? ByteKind::Opcode : ByteKind::Rex;
  u8 rex = 0;
  for (;;) {
    const u8 byte = reader.next();
    if (const ByteKind kind = kByteKinds[byte]; kind > mostly) {
      rex = 0;
      if (kind == ByteKind::Rex) {
        rex = byte;
      } else {
        takeLegacyPrefix(byte, insn);
      }
      continue;
    }
    insn.rex = rex & 0xf;
    if (rex != 0) insn.prefixes |= kPrefixRex;
    if (insn.rex & kRexW) insn.prefixes |= kPrefixRexW;
    return byte;
  }
}

PrefixClass legacyClass(const Insn& insn) {
  if (insn.has(kPrefixRep)) return PrefixClass::PF3;
  if (insn.has(kPrefixRepne)) return PrefixClass::PF2;
  return insn.has(kPrefix66) ? PrefixClass::P66 : PrefixClass::None;
}

bool startsVex(ByteReader& reader, u8 byte, bool protectedMode, const Insn& insn) {
  if (byte != 0xc4 && byte != 0xc5) return false;
  if (insn.mode == CodeMode::Bits64) return true;
  // Elsewhere these are LES and LDS, whose memory operand rules out mod 3; real mode has no VEX.
  return protectedMode && (reader.peek() & 0xc0) == 0xc0;
}

// SDM vol. 2 2.3.5, figure 2-9. Register bits are stored inverted.
void readVex(ByteReader& reader, u8 escape, Insn& insn, OpcodePlace& place) {
  u8 last = reader.next();
  u8 map = 1;
  u8 rex = (last & 0x80) ? 0 : 4;
  if (escape == 0xc4) {
    map = last & 0x1f;
    rex = static_cast<u8>((~last >> 5) & 7);
    last = reader.next();
    if (last & 0x80) rex |= kRexW;
  }
  // Outside 64-bit mode only eight registers exist: R and X are 1 by the mod-3 rule, B is ignored.
  if (insn.mode != CodeMode::Bits64) rex &= kRexW;
  constexpr u8 kForbidden = kPrefixLock | kPrefixRep | kPrefixRepne | kPrefix66 | kPrefixRex;
  static constexpr PrefixClass kClasses[4] = {PrefixClass::None, PrefixClass::P66, PrefixClass::PF3,
                                              PrefixClass::PF2};
  static constexpr Map kMaps[4] = {Map::OneByte, Map::M0F, Map::M0F38, Map::M0F3A};
  place.vex = true;
  place.known = map >= 1 && map <= 3;
  place.valid = !(insn.prefixes & kForbidden) && place.known;
  place.map = kMaps[map & 3];
  place.prefix = kClasses[last & 3];
  insn.rex = rex;
  insn.vexL = (last >> 2) & 1;
  insn.vvvv = (~last >> 3) & 0xf;
  if (rex & kRexW) insn.prefixes |= kPrefixRexW;
  if (place.known) insn.opcode = reader.next();
}

}  // namespace

void readOpcode(ByteReader& reader, bool protectedMode, Insn& insn, OpcodePlace& place) {
  u8 byte = readPrefixes(reader, insn);
  if (!reader.ok()) return;
  if (startsVex(reader, byte, protectedMode, insn)) {
    // A REX before VEX is enough for #UD: no byte more is read (seen on Zen 4).
    if (!insn.has(kPrefixRex)) return readVex(reader, byte, insn, place);
    place.vex = true;
    place.known = place.valid = false;
    return;
  }
  place.prefix = legacyClass(insn);
  if (byte == 0x0f) {
    byte = reader.next();
    place.map = Map::M0F;
    if (byte == 0x38 || byte == 0x3a) {
      place.map = byte == 0x38 ? Map::M0F38 : Map::M0F3A;
      byte = reader.next();
    }
  }
  insn.opcode = byte;
}

}  // namespace duet::tcg::isa
