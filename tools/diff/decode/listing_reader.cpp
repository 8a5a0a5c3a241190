#include "tools/diff/decode/listing_reader.h"

#include <charconv>

#include "tools/diff/decode/register_names.h"

namespace duet::diff {
namespace {

using tcg::isa::SegReg;

std::string_view trimmed(std::string_view s) {
  const auto from = s.find_first_not_of(" \t"), to = s.find_last_not_of(" \t\r\n");
  return from == s.npos ? std::string_view() : s.substr(from, to - from + 1);
}

std::string_view takeWord(std::string_view& rest) {
  const auto end = rest.find_first_of(" \t");
  const std::string_view word = rest.substr(0, end);
  rest = end == rest.npos ? std::string_view() : trimmed(rest.substr(end));
  return word;
}

// "16", "0x10", "-0x10".
bool readNumber(std::string_view text, u64& value) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  text = trimmed(text);
  const bool hexadecimal = text.starts_with("0x");
  if (hexadecimal) text.remove_prefix(2);
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, hexadecimal ? 16 : 10);
  if (negative) value = -value;
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

// False: no prefix word, so it is the mnemonic.
bool takePrefixWord(std::string_view word, Reading& out) {
  if (word == "lock") return out.lock = true;
  if (word == "rep" || word == "repe") {
    out.repeat = Repeat::Rep;
    return true;
  }
  if (word == "repne") {
    out.repeat = Repeat::Repne;
    return true;
  }
  // Prefixes that a listing shows since they mean nothing, or that are a hint.
  return word == "data16" || word == "data32" || word == "addr16" || word == "addr32" || word == "xacquire" ||
         word == "xrelease" || word == "notrack" || word == "rex64" || word == "bnd" || word.starts_with('{');
}

struct SizeWord {
  std::string_view word;
  u16 size;
};

constexpr SizeWord kSizes[] = {
    {"byte ptr ", 1},     {"word ptr ", 2},     {"dword ptr ", 4},    {"fword ptr ", 6},
    {"qword ptr ", 8},    {"tbyte ptr ", 10},   {"xword ptr ", 10},   {"opaque ptr ", 0},
    {"xmmword ptr ", 16}, {"ymmword ptr ", 32}, {"zmmword ptr ", 64}, {"ptr ", 0},
};

bool takeSize(std::string_view& text, u16& size) {
  for (const SizeWord& s : kSizes) {
    if (!text.starts_with(s.word)) continue;
    text = trimmed(text.substr(s.word.size()));
    size = s.size;
    return true;
  }
  return false;
}

// One summand of an address: a register, a register times a scale in either order, a number.
bool takeTerm(std::string_view term, bool negative, Part& part) {
  const auto star = term.find('*');
  std::string_view name = term;
  u64 scale = 1;
  if (star != term.npos) {
    const std::string_view left = trimmed(term.substr(0, star)), right = trimmed(term.substr(star + 1));
    const bool scaleFirst = readNumber(left, scale);
    if (!scaleFirst && !readNumber(right, scale)) return false;
    name = scaleFirst ? right : left;
  }
  if (name == "riz" || name == "eiz") return true;  // the SIB byte's "no index"
  if (const RegisterName reg = registerByName(name); reg.set != RegisterSet::None) {
    const bool isIndex =
        star != term.npos || part.base.set != RegisterSet::None || reg.set == RegisterSet::Vector;
    (isIndex ? part.index : part.base) = reg;
    if (isIndex) part.scale = static_cast<u8>(scale);
    if (reg.set != RegisterSet::Vector) part.addressSize = reg.size;
    return true;
  }
  u64 value = 0;
  if (!readNumber(term, value)) return false;
  part.value += negative ? -value : value;
  return true;
}

bool readAddress(std::string_view text, Part& part) {
  bool negative = false;
  if (text.starts_with('-')) {
    negative = true;
    text.remove_prefix(1);
  }
  while (!text.empty()) {
    const auto end = text.find_first_of("+-");
    if (!takeTerm(trimmed(text.substr(0, end)), negative, part)) return false;
    if (end == text.npos) return true;
    negative = text[end] == '-';
    text = trimmed(text.substr(end + 1));
  }
  return true;
}

SegReg effectiveSegment(SegReg named, const Part& part, CodeMode mode) {
  const bool stack = part.base.set == RegisterSet::Gpr && (part.base.number == 4 || part.base.number == 5);
  const SegReg segment = named != tcg::isa::kNoSegment ? named : stack ? tcg::isa::kSs : tcg::isa::kDs;
  const bool flat = mode == CodeMode::Bits64 && segment < tcg::isa::kFs;
  return flat ? tcg::isa::kNoSegment : segment;
}

bool readMemory(std::string_view text, u16 size, CodeMode mode, Reading& out) {
  SegReg named = tcg::isa::kNoSegment;
  if (const auto colon = text.find(':'); colon != text.npos) {
    const RegisterName reg = registerByName(trimmed(text.substr(0, colon)));
    if (reg.set != RegisterSet::Segment) return false;
    named = static_cast<SegReg>(reg.number);
    text = trimmed(text.substr(colon + 1));
  }
  const auto close = text.find(']');
  if (!text.starts_with('[') || close == text.npos) return false;
  Part& part = out.add(PartKind::Memory);
  part.size = size;
  if (!readAddress(trimmed(text.substr(1, close - 1)), part)) return false;
  part.segment = effectiveSegment(named, part, mode);
  return true;
}

bool readPart(std::string_view text, CodeMode mode, Reading& out) {
  u16 size = 0;
  const bool sized = takeSize(text, size);
  if (sized || text.find('[') != text.npos) return readMemory(text, size, mode, out);
  if (const RegisterName reg = registerByName(text); reg.set != RegisterSet::None) {
    out.add(PartKind::Register).reg = reg;
    return true;
  }
  u64 value = 0;
  if (const auto colon = text.find(':'); colon != text.npos) {
    u64 selector = 0;
    if (!readNumber(text.substr(0, colon), selector) || !readNumber(trimmed(text.substr(colon + 1)), value))
      return false;
    Part& part = out.add(PartKind::FarPointer);
    part.value = value;
    part.selector = static_cast<u32>(selector);
    return true;
  }
  const bool number = readNumber(text, value);
  Part& part = out.add(number ? PartKind::Immediate : PartKind::Register);
  part.value = value;
  return true;  // else a register that the guest model does not have
}

}  // namespace

bool readListing(std::string_view text, CodeMode mode, Reading& out) {
  out.clear();
  out.text = trimmed(text);
  std::string_view rest = trimmed(text);
  std::string_view word = takeWord(rest);
  while (takePrefixWord(word, out) && !rest.empty()) word = takeWord(rest);
  out.name = word;
  if (rest.starts_with("far ")) {
    out.name += " far";
    rest = trimmed(rest.substr(4));
  }
  while (!rest.empty()) {
    const auto end = rest.find(',');
    if (out.count == kMostParts || !readPart(trimmed(rest.substr(0, end)), mode, out)) return false;
    rest = end == rest.npos ? std::string_view() : trimmed(rest.substr(end + 1));
  }
  return true;
}

}  // namespace duet::diff
