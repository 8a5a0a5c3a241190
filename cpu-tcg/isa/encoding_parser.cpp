#include "cpu-tcg/isa/encoding_parser.h"

#include "cpu-tcg/isa/words.h"

namespace duet::tcg::isa {
namespace {

int hexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// "6F" to 0x6f; -1 when the word does not start with two capital hex digits.
int hexByte(std::string_view word) {
  if (word.size() < 2) return -1;
  const int high = hexDigit(word[0]);
  const int low = hexDigit(word[1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool parsePrefix(std::string_view word, MandatoryPrefix& prefix) {
  if (word == "NP")
    prefix = MandatoryPrefix::None;
  else if (word == "66")
    prefix = MandatoryPrefix::P66;
  else if (word == "F3")
    prefix = MandatoryPrefix::PF3;
  else if (word == "F2")
    prefix = MandatoryPrefix::PF2;
  else
    return false;
  return true;
}

bool parseMap(std::string_view word, Map& map) {
  if (word == "0F")
    map = Map::M0F;
  else if (word == "0F38")
    map = Map::M0F38;
  else if (word == "0F3A")
    map = Map::M0F3A;
  else
    return false;
  return true;
}

bool parseLength(std::string_view word, i8& l) {
  if (word == "128" || word == "LZ" || word == "L0")
    l = 0;
  else if (word == "256" || word == "L1")
    l = 1;
  else if (word == "LIG")
    l = -1;
  else
    return false;
  return true;
}

bool parseWidth(std::string_view word, i8& w) {
  if (word == "W0")
    w = 0;
  else if (word == "W1")
    w = 1;
  else if (word == "WIG")
    w = -1;
  else
    return false;
  return true;
}

// "VEX.128.66.0F38.W0"
Result<> parseVex(std::string_view word, Row& row) {
  row.vex = true;
  row.prefix = MandatoryPrefix::None;
  std::string_view rest = word;
  nextWord(rest, '.');
  while (!rest.empty()) {
    const std::string_view part = nextWord(rest, '.');
    if (!parsePrefix(part, row.prefix) && !parseMap(part, row.map) && !parseLength(part, row.l) &&
        !parseWidth(part, row.w))
      return fail("unknown VEX part '{}'", part);
  }
  if (row.map == Map::OneByte) return fail("VEX without a map");
  return {};
}

bool parseRex(std::string_view word, Row& row) {
  if (word == "REX.W")
    row.w = 1;
  else if (word == "REX.0")
    row.w = 0;
  else if (word == "REX.B0")
    row.rexB = 0;
  else if (word == "REX.B1")
    row.rexB = 1;
  else
    return false;
  return true;
}

// What may follow the opcode: "/r" "/4" "m" "r" "r5" and the immediates, which the operands decide.
Result<> parseSuffix(std::string_view word, Row& row) {
  static constexpr std::string_view kImmediates[] = {"ib", "iw", "id", "io", "iz",  "iv",
                                                     "cb", "cw", "cd", "cp", "/is4"};
  for (const std::string_view immediate : kImmediates)
    if (word == immediate) return {};
  if (word[0] == '/' && word.size() == 2) {
    row.modrm = ModrmRule::Any;
    if (word[1] == 'r') return {};
    if (word[1] < '0' || word[1] > '7') return fail("bad ModRM digit '{}'", word);
    row.modrmReg = static_cast<i8>(word[1] - '0');
    return {};
  }
  if (row.modrm == ModrmRule::Absent) return fail("unknown word '{}'", word);
  if (word == "m") {
    row.modrm = ModrmRule::Memory;
    return {};
  }
  if (word[0] != 'r' || word.size() > 2) return fail("unknown word '{}'", word);
  row.modrm = ModrmRule::Register;
  if (word.size() == 1) return {};
  if (word[1] < '0' || word[1] > '7') return fail("bad rm digit '{}'", word);
  row.modrmRm = static_cast<i8>(word[1] - '0');
  return {};
}

Result<> parseOpcode(std::string_view word, Row& row) {
  const int value = hexByte(word);
  if (value < 0) return fail("expected an opcode byte, found '{}'", word);
  row.opcode = static_cast<u8>(value);
  if (word.size() == 2) return {};
  if (word.substr(2) != "+r" || (value & 7) != 0) return fail("bad opcode '{}'", word);
  row.opcodeReg = true;
  return {};
}

// Which map an escape byte leads to, given the map so far.
bool escapes(std::string_view word, Row& row) {
  if (row.map == Map::OneByte && word == "0F")
    row.map = Map::M0F;
  else if (row.map == Map::M0F && word == "38")
    row.map = Map::M0F38;
  else if (row.map == Map::M0F && word == "3A")
    row.map = Map::M0F3A;
  else
    return false;
  return true;
}

}  // namespace

Result<> parseEncoding(std::string_view text, Row& row) {
  bool haveOpcode = false;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = nextWord(rest, ' ');
    if (word.empty()) continue;
    Result<> step;
    if (haveOpcode)
      step = parseSuffix(word, row);
    else if (word.starts_with("VEX."))
      step = parseVex(word, row);
    else if (parseRex(word, row) || (!row.vex && escapes(word, row)))
      continue;
    else if (row.map == Map::OneByte && parsePrefix(word, row.prefix))
      continue;
    else {
      step = parseOpcode(word, row);
      haveOpcode = true;
    }
    if (!step) return step;
  }
  if (!haveOpcode) return fail("no opcode byte");
  return {};
}

}  // namespace duet::tcg::isa
