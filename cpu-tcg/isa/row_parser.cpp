#include "cpu-tcg/isa/row_parser.h"

#include "cpu-tcg/isa/encoding_parser.h"
#include "cpu-tcg/isa/operand_parser.h"
#include "cpu-tcg/isa/words.h"

namespace duet::tcg::isa {
namespace {

struct NamedAttr {
  std::string_view name;
  Attr attr;
};

constexpr NamedAttr kAttrs[] = {
    {"lock", kAttrLock},   {"rep", kAttrRep},       {"repe", kAttrRepe},   {"d64", kAttrD64},
    {"f64", kAttrF64},     {"i64", kAttrI64},       {"o64", kAttrO64},     {"prot", kAttrProt},
    {"cpl0", kAttrCpl0},   {"iopl", kAttrIopl},     {"end", kAttrEnd},     {"fpu", kAttrFpu},
    {"mmx", kAttrMmx},     {"nowait", kAttrNoWait}, {"sse", kAttrSse},     {"avx", kAttrAvx},
    {"mxcsr", kAttrMxcsr}, {"vsibx", kAttrVsibX},   {"vsiby", kAttrVsibY}, {"b8", kAttrByte},
    {"intel", kAttrIntel},
};

constexpr u8 kHighestExceptionClass = 14;

// "x4" or "xL2": the digits of an exception class, 0 when the word is not one.
u8 exceptionClass(std::string_view word) {
  if (word.size() < 2 || word[0] != 'x') return 0;
  word.remove_prefix(1);
  if (word[0] == 'L') word.remove_prefix(1);
  unsigned value = 0;
  for (const char c : word) {
    if (c < '0' || c > '9' || value > kHighestExceptionClass) return 0;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value <= kHighestExceptionClass ? static_cast<u8>(value) : u8{0};
}

Result<> parseAttributes(std::string_view text, Row& row) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = nextWord(rest, ' ');
    if (word.empty()) continue;
    bool known = false;
    for (const NamedAttr& a : kAttrs) {
      if (a.name != word) continue;
      row.attrs |= a.attr;
      known = true;
    }
    if (known) continue;
    row.exceptionClass = exceptionClass(word);
    if (row.exceptionClass == 0) return fail("unknown attribute '{}'", word);
  }
  return {};
}

// EFLAGS bit of a flag letter, or -1.
int flagBit(char letter) {
  switch (letter) {
    case 'c':
      return 0;
    case 'p':
      return 2;
    case 'a':
      return 4;
    case 'z':
      return 6;
    case 's':
      return 7;
    case 't':
      return 8;
    case 'i':
      return 9;
    case 'd':
      return 10;
    case 'o':
      return 11;
    case 'n':
      return 14;
    case 'f':
      return 16;
    default:
      return -1;
  }
}

u32* flagSet(FlagEffect& flags, char kind) {
  switch (kind) {
    case 'r':
      return &flags.read;
    case 'w':
      return &flags.written;
    case 'u':
      return &flags.undefined;
    case '0':
      return &flags.cleared;
    case '1':
      return &flags.set;
    default:
      return nullptr;
  }
}

Result<> parseFlags(std::string_view text, FlagEffect& flags) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = nextWord(rest, ' ');
    if (word.empty()) continue;
    u32* set = word.size() > 2 && word[1] == ':' ? flagSet(flags, word[0]) : nullptr;
    if (!set) return fail("malformed flag list '{}'", word);
    for (const char letter : word.substr(2)) {
      const int position = flagBit(letter);
      if (position < 0) return fail("unknown flag letter in '{}'", word);
      *set |= 1u << position;
    }
  }
  return {};
}

Result<> parseOperands(std::string_view text, Row& row) {
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view word = nextWord(rest, ',');
    if (row.operandCount == kMaxOperands) return fail("more than {} operands", kMaxOperands);
    Result<OperandSpec> spec = parseOperand(word);
    if (!spec) return tl::unexpected<Error>(spec.error());
    row.operands[row.operandCount++] = *spec;
  }
  return {};
}

// Facts that follow from the operands, and the operands' demands on the encoding.
Result<> relate(Row& row) {
  for (unsigned i = 0; i < row.operandCount; ++i) {
    const OperandSpec& o = row.operands[i];
    const bool wantsModrm = o.slot == Slot::ModrmRm || o.slot == Slot::ModrmReg;
    if (wantsModrm && row.modrm == ModrmRule::Absent) return fail("operand {} needs a ModRM byte", i + 1);
    if (o.slot == Slot::OpcodeReg && !row.opcodeReg && row.modrm != ModrmRule::Absent)
      return fail("operand {} needs +r", i + 1);
    if (o.slot == Slot::Vvvv || o.slot == Slot::Imm4Reg) {
      if (!row.vex) return fail("operand {} needs VEX", i + 1);
      row.usesVvvv |= o.slot == Slot::Vvvv;
    }
    row.modIgnored |= o.cls == RegClass::Control || o.cls == RegClass::Debug;
    if (o.slot != Slot::ModrmRm || row.modrm != ModrmRule::Any) continue;
    // The operand code alone may rule out one form.
    if (!o.memoryAllowed) row.modrm = ModrmRule::Register;
    if (!o.registerAllowed) row.modrm = ModrmRule::Memory;
  }
  if (row.modIgnored) row.modrm = ModrmRule::Any;
  if (row.has(kAttrI64) && row.has(kAttrO64)) return fail("i64 excludes o64");
  return {};
}

}  // namespace

Result<Row> parseRow(const RowText& text) {
  Row row;
  row.encoding = text.encoding;
  row.mnemonic = text.mnemonic;
  row.operandText = text.operands;
  row.semName = text.sem;
  row.feature = text.feature;
  if (row.mnemonic[0] == 0) return fail("empty mnemonic");
  Result<> step = parseEncoding(text.encoding, row);
  if (step) step = parseOperands(text.operands, row);
  if (step) step = parseAttributes(text.attributes, row);
  if (step) step = parseFlags(text.flags, row.flags);
  if (step) step = relate(row);
  if (!step) return tl::unexpected<Error>(step.error());
  return row;
}

}  // namespace duet::tcg::isa
