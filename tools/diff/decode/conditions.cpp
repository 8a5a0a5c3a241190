// The words by which the list of known disagreements says of which bytes an entry speaks.
#include <algorithm>

#include "tools/diff/decode/known_decode.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

bool isLegacyPrefix(u8 b) {
  static constexpr u8 kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
  return std::ranges::find(kPrefixes, b) != std::end(kPrefixes);
}

bool isRex(const Disagreement& d, u8 b) { return d.mode == CodeMode::Bits64 && (b & 0xf0) == 0x40; }

size_t prefixCount(const Disagreement& d) {
  size_t n = 0;
  while (n < d.bytes.size() && (isLegacyPrefix(d.bytes[n]) || isRex(d, d.bytes[n]))) ++n;
  return n;
}

// The byte so far behind the prefixes.
u8 behind(const Disagreement& d, size_t n = 0) {
  const size_t at = prefixCount(d) + n;
  return at < d.bytes.size() ? d.bytes[at] : u8{0};
}

bool hasPrefix(const Disagreement& d, u8 byte) {
  return std::ranges::count(d.bytes.first(prefixCount(d)), byte) != 0;
}

// Outside 64-bit mode these bytes begin other instructions, which have a memory operand.
bool isEscape(const Disagreement& d, u8 byte) {
  return behind(d) == byte && (d.mode == CodeMode::Bits64 || behind(d, 1) >= 0xc0);
}

bool isVex(const Disagreement& d) { return isEscape(d, 0xc4) || isEscape(d, 0xc5); }

// SDM vol. 2 appendix A, tables: 41 to 4B and 90 to 99 of map 1, 30 to 33 of map 3.
bool isOpmask(const Disagreement& d) {
  if (!isVex(d)) return false;
  const bool three = behind(d) == 0xc4;
  const unsigned map = three ? behind(d, 1) & 0x1f : 1, opcode = behind(d, three ? 3 : 2);
  if (map == 3) return opcode >= 0x30 && opcode <= 0x33;
  return map == 1 && ((opcode >= 0x41 && opcode <= 0x4b) || (opcode >= 0x90 && opcode <= 0x99));
}

// A REX byte that other prefixes follow.
bool hasStrayRex(const Disagreement& d) {
  const size_t n = prefixCount(d);
  for (size_t i = 0; i + 1 < n; ++i)
    if (isRex(d, d.bytes[i])) return true;
  return n > 0 && isRex(d, d.bytes[n - 1]) && (isVex(d) || isEscape(d, 0x62));
}

size_t legacyCount(const Disagreement& d) {
  return static_cast<size_t>(std::ranges::count_if(d.bytes.first(prefixCount(d)), isLegacyPrefix));
}

// Would be a row with other VEX.vvvv, VEX.W or VEX.L.
bool isVexFieldOff(const Disagreement& d) {
  if (!isVex(d)) return false;
  const size_t at = prefixCount(d) + (behind(d) == 0xc4 ? 2 : 1);
  for (unsigned variant = 1; variant < 8; ++variant) {
    std::vector<u8> bytes(d.bytes.begin(), d.bytes.end());
    if (variant & 1) bytes[at] |= 0x78;
    if (variant & 2 && behind(d) == 0xc4) bytes[at] ^= 0x80;
    if (variant & 4) bytes[at] ^= 4;
    OurReading other;
    readOurs(bytes, d.mode, {}, other);
    if (other.status == DecodeStatus::Ok) return true;
  }
  return false;
}

// Whether `first` and these bytes without their 66, F2 and F3 are a row.
bool isRowBehind(std::vector<u8> first, const Disagreement& d) {
  const size_t n = prefixCount(d);
  for (size_t i = 0; i < d.bytes.size(); ++i)
    if (i >= n || (d.bytes[i] != 0x66 && d.bytes[i] != 0xf2 && d.bytes[i] != 0xf3))
      first.push_back(d.bytes[i]);
  OurReading other;
  readOurs(first, d.mode, {}, other);
  return other.status == DecodeStatus::Ok;
}
bool isRowWithoutSelectors(const Disagreement& d) { return isRowBehind({}, d); }
bool isRowWith66(const Disagreement& d) { return isRowBehind({0x66}, d); }

bool isMandatory(const Disagreement& d) {
  return d.ours.insn.row && !d.ours.insn.row->vex && d.ours.insn.row->prefix >= MandatoryPrefix::P66;
}

constexpr DecodeCondition kConditions[] = {
    {"selector-off", [](const Disagreement& d) { return isRowWithoutSelectors(d) || isRowWith66(d); },
     "a row without its 66, F2 and F3, or with 66 in their place"},
    {"mandatory", isMandatory, "our row is selected by 66, F2 or F3"},
    {"66", [](const Disagreement& d) { return hasPrefix(d, 0x66); }, "a prefix 66"},
    {"67", [](const Disagreement& d) { return hasPrefix(d, 0x67); }, "a prefix 67"},
    {"f2", [](const Disagreement& d) { return hasPrefix(d, 0xf2); }, "a prefix F2"},
    {"f3", [](const Disagreement& d) { return hasPrefix(d, 0xf3); }, "a prefix F3"},
    {"rep", [](const Disagreement& d) { return hasPrefix(d, 0xf2) || hasPrefix(d, 0xf3); },
     "a prefix F2 or F3"},
    {"lock", [](const Disagreement& d) { return hasPrefix(d, 0xf0); }, "a prefix LOCK"},
    {"flat-segment",
     [](const Disagreement& d) {
       static constexpr u8 kFlat[] = {0x26, 0x2e, 0x36, 0x3e};
       return std::ranges::any_of(kFlat, [&](u8 b) { return hasPrefix(d, b); });
     },
     "a prefix of ES, CS, SS or DS"},
    {"prefixes", [](const Disagreement& d) { return legacyCount(d) > 1; }, "more than one legacy prefix"},
    {"rex",
     [](const Disagreement& d) {
       const size_t n = prefixCount(d);
       return n > 0 && isRex(d, d.bytes[n - 1]);
     },
     "a REX byte that counts"},
    {"rex.w",
     [](const Disagreement& d) {
       const size_t n = prefixCount(d);
       return n > 0 && isRex(d, d.bytes[n - 1]) && (d.bytes[n - 1] & 8);
     },
     "a REX byte that counts, with W"},
    {"stray-rex", hasStrayRex,
     "a REX byte that does not stand right before the opcode, or before VEX or EVEX"},
    {"vex", isVex, "VEX"},
    {"prefixed", [](const Disagreement& d) { return prefixCount(d) > 0; }, "any prefix"},
    {"vex-field", isVexFieldOff, "a row with other values of VEX.vvvv, VEX.W or VEX.L"},
    {"vex-map",
     [](const Disagreement& d) {
       return isEscape(d, 0xc4) && ((behind(d, 1) & 0x1f) == 0 || (behind(d, 1) & 0x1f) > 3);
     },
     "VEX with a map other than 1 to 3"},
    {"vpermq-w0",
     [](const Disagreement& d) {
       return isEscape(d, 0xc4) && (behind(d, 1) & 0x1f) == 3 && behind(d, 2) < 0x80 && behind(d, 3) <= 1;
     },
     "VPERMQ or VPERMPD with an immediate, but VEX.W 0"},
    {"mov-cr",
     [](const Disagreement& d) {
       return behind(d) == 0x0f && (behind(d, 1) == 0x20 || behind(d, 1) == 0x22);
     },
     "0F 20 and 0F 22"},
    {"mov-special",
     [](const Disagreement& d) {
       return behind(d) == 0x8e || (behind(d) == 0x0f && behind(d, 1) >= 0x20 && behind(d, 1) <= 0x23);
     },
     "MOV to a segment register, MOV of control and debug registers"},
    {"verw",
     [](const Disagreement& d) {
       return behind(d) == 0x0f && behind(d, 1) == 0 && (behind(d, 2) & 0x38) == 0x28;
     },
     "0F 00 /5"},
    {"opmask", isOpmask, "VEX opcodes of AVX-512's opmask registers"},
    {"evex", [](const Disagreement& d) { return isEscape(d, 0x62); }, "EVEX"},
    {"xop", [](const Disagreement& d) { return behind(d) == 0x8f && (behind(d, 1) & 0x1f) >= 8; },
     "XOP, which is POP with other than /0"},
    {"pop-other", [](const Disagreement& d) { return behind(d) == 0x8f && (behind(d, 1) & 0x38) != 0; },
     "8F with other than /0"},
    {"rex2", [](const Disagreement& d) { return d.mode == CodeMode::Bits64 && behind(d) == 0xd5; }, "REX2"},
    {"3dnow", [](const Disagreement& d) { return behind(d) == 0x0f && behind(d, 1) == 0x0f; }, "0F 0F"},
    {"no-base",
     [](const Disagreement& d) { return d.ours.insn.hasMemory() && d.ours.insn.mem.base == kNoReg; },
     "an address without base register"},
};

}  // namespace

std::span<const DecodeCondition> decodeConditions() { return kConditions; }

}  // namespace duet::diff
