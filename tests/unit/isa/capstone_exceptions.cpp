#include "tests/unit/isa/capstone_exceptions.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace duet::tcg::isa {
namespace {

bool isLegacyPrefix(u8 b) {
  static constexpr u8 kPrefixes[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3};
  return std::ranges::find(kPrefixes, b) != std::end(kPrefixes);
}

size_t prefixCount(std::span<const u8> bytes, CodeMode mode) {
  size_t n = 0;
  while (n < bytes.size() &&
         (isLegacyPrefix(bytes[n]) || (mode == CodeMode::Bits64 && (bytes[n] & 0xf0) == 0x40)))
    ++n;
  return n;
}

// The row that the bytes mean once all prefixes are replaced by `prefixes`.
const Row* rowWith(const Disagreement& d, std::vector<u8> prefixes) {
  const auto rest = d.bytes.subspan(prefixCount(d.bytes, d.mode));
  prefixes.insert(prefixes.end(), rest.begin(), rest.end());
  Insn insn;
  const bool ok = decode(prefixes, d.mode, true, FeatureSet::all(), insn) == DecodeStatus::Ok;
  return ok ? insn.row : nullptr;
}

bool isVex(const Disagreement& d) {
  const auto rest = d.bytes.subspan(prefixCount(d.bytes, d.mode));
  return rest.size() > 1 && (rest[0] == 0xc4 || rest[0] == 0xc5) &&
         (d.mode == CodeMode::Bits64 || rest[1] >= 0xc0);
}

// Legal once the prefixes are gone, VEX.vvvv is 1111b or VEX.W is toggled: rules Capstone does not check.
bool onlyVexFieldsAreWrong(const Disagreement& d) {
  const auto rest = d.bytes.subspan(prefixCount(d.bytes, d.mode));
  const size_t last = rest[0] == 0xc4 ? 2 : 1;
  for (unsigned variant = 0; variant < 4; ++variant) {
    std::vector<u8> bytes(rest.begin(), rest.end());
    if (variant & 1) bytes[last] |= 0x78;
    if (variant & 2 && last == 2) bytes[last] ^= 0x80;
    Insn insn;
    if (decode(bytes, d.mode, true, FeatureSet::all(), insn) == DecodeStatus::Ok) return true;
  }
  return false;
}

bool inFamilyNotOffered(const cs_insn& c) {
  static constexpr unsigned kGroups[] = {X86_GRP_3DNOW, X86_GRP_VM,  X86_GRP_FMA4,   X86_GRP_XOP, X86_GRP_TBM,
                                         X86_GRP_SGX,   X86_GRP_RTM, X86_GRP_AVX512, X86_GRP_CDI, X86_GRP_ERI,
                                         X86_GRP_PFI,   X86_GRP_VLX, X86_GRP_BWI,    X86_GRP_DQI};
  for (unsigned i = 0; i < c.detail->groups_count; ++i)
    if (std::ranges::find(kGroups, c.detail->groups[i]) != std::end(kGroups)) return true;
  // SMX, SGX, TSX, VIA PadLock, which Capstone puts into no group.
  static constexpr std::string_view kNames[] = {
      "getsec",    "encls",     "enclu",     "xtest",     "xabort",    "montmul",   "xsha1", "xsha256",
      "xstorerng", "xcryptecb", "xcryptcbc", "xcryptctr", "xcryptcfb", "xcryptofb", "femms"};
  std::string_view name = c.mnemonic;
  if (const size_t space = name.rfind(' '); space != std::string_view::npos) name.remove_prefix(space + 1);
  return std::ranges::find(kNames, name) != std::end(kNames);
}

// Capstone executes what we refuse.
const char* whyOnlyCapstone(const Disagreement& d) {
  if (inFamilyNotOffered(*d.capstone)) return "a family that is not offered";
  if (d.insn.has(kPrefixLock)) return "LOCK is not checked";
  if (std::string_view(d.capstone->mnemonic).ends_with("extrq")) return "EXTRQ with a reg field other than 0";
  if (isVex(d)) {
    if (std::string_view(d.capstone->mnemonic).find("gather") != std::string_view::npos)
      return "gather: equal registers, no SIB";
    if (onlyVexFieldsAreWrong(d)) return "VEX.W, VEX.vvvv and prefixes before VEX are not checked";
    return nullptr;
  }
  const Row* plain = rowWith(d, {});
  const Row* with66 = rowWith(d, {0x66});
  if (plain && plain->prefix == MandatoryPrefix::None) return "F2, F3, 66 before a row without them";
  if (with66 && with66->prefix == MandatoryPrefix::P66) return "F2 or F3 beside a mandatory 66, REX.W for 66";
  if (d.insn.row && d.insn.row->modIgnored) return "control registers that do not exist";
  if (d.capstone->id == X86_INS_SWAPGS && d.mode != CodeMode::Bits64) return "SWAPGS outside 64-bit mode";
  if (d.insn.row && d.insn.row->semName == std::string_view("MovToSeg")) return "MOV to CS";
  return nullptr;
}

bool newerThanCapstone(const Row& row) {
  const Feature f = row.feature;
  const std::string_view sem = row.semName;
  return sem == "Nop" || sem == "Ud" || f == Feature::Gfni || f == Feature::Vaes ||
         f == Feature::Vpclmulqdq || f == Feature::Clzero || f == Feature::Pku || f == Feature::Serialize ||
         f == Feature::Wbnoinvd || f == Feature::Rdpid;
}

// 66, F2 or F3 selects the row but another prefix follows it.
bool mandatoryPrefixNotLast(const Disagreement& d) {
  size_t n = prefixCount(d.bytes, d.mode);
  while (n > 0 && d.mode == CodeMode::Bits64 && (d.bytes[n - 1] & 0xf0) == 0x40) --n;
  if (n < 2) return false;
  const u8 last = d.bytes[n - 1];
  return (last != 0x66 && last != 0xf2 && last != 0xf3) || (d.insn.has(kPrefix66) && last != 0x66) ||
         (d.insn.has(kPrefix66) && d.insn.row->prefix != MandatoryPrefix::P66);
}

// We execute what Capstone refuses.
const char* whyOnlyWe(const Disagreement& d) {
  const Row& row = *d.insn.row;
  const bool mandatory = row.prefix != MandatoryPrefix::Any && row.prefix != MandatoryPrefix::None;
  if (newerThanCapstone(row)) return "reserved NOPs and instructions newer than Capstone";
  if (mandatory && !row.vex && d.mode == CodeMode::Bits16) return "mandatory prefixes in 16-bit code";
  if (mandatory && !row.vex && mandatoryPrefixNotLast(d))
    return "a mandatory prefix that is not the last one";
  if (d.insn.op[0].kind == OperandKind::Segment || d.insn.op[1].kind == OperandKind::Segment)
    return "REX.R with a segment register";
  if (row.mnemonic == std::string_view("vbroadcasti128")) return "VBROADCASTI128 with other than plain bases";
  if (std::string_view(row.semName).ends_with("fence")) return "fences with rm other than 0";
  if (d.insn.op[0].kind == OperandKind::Memory && !d.insn.hasModrm && d.insn.has(kPrefix66))
    return "66 and F2 or F3 with an absolute address";
  if (d.insn.op[1].kind == OperandKind::Memory && !d.insn.hasModrm && d.insn.has(kPrefix66))
    return "66 and F2 or F3 with an absolute address";
  return nullptr;
}

const char* whyOtherLength(const Disagreement& d) {
  const Row& row = *d.insn.row;
  if (row.semName == std::string_view("Ud")) return "UD0 and UD1 have a ModRM byte";
  const bool mandatory = row.prefix != MandatoryPrefix::Any && row.prefix != MandatoryPrefix::None;
  if (mandatory && !row.vex && d.mode == CodeMode::Bits16) return "mandatory prefixes in 16-bit code";
  const bool branch = d.insn.op[0].kind == OperandKind::Relative;
  if (branch && d.mode == CodeMode::Bits64 && d.insn.has(kPrefix66))
    return "66 does not shorten a near branch in 64-bit mode";
  if (d.insn.has(kPrefix66) && (d.insn.has(kPrefixRep) || d.insn.has(kPrefixRepne)))
    return "66 loses its effect beside F2 or F3";
  if (d.mode == CodeMode::Bits64 && prefixCount(d.bytes, d.mode) > 1)
    return "an ignored REX before other prefixes";
  return nullptr;
}

}  // namespace

const char* knownException(const Disagreement& d) {
  if (d.status != DecodeStatus::Ok) return whyOnlyCapstone(d);
  return d.capstone ? whyOtherLength(d) : whyOnlyWe(d);
}

}  // namespace duet::tcg::isa
