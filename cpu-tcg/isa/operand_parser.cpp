#include "cpu-tcg/isa/operand_parser.h"

#include <optional>
#include <span>

namespace duet::tcg::isa {
namespace {

struct NamedSize {
  std::string_view name;
  SizeRule rule;
};

constexpr NamedSize kSizes[] = {
    {"b", SizeRule::B1},     {"w", SizeRule::B2},      {"d", SizeRule::B4},        {"q", SizeRule::B8},
    {"v", SizeRule::OpSize}, {"z", SizeRule::OpSizeZ}, {"y", SizeRule::OpSizeY},   {"n", SizeRule::Native},
    {"x", SizeRule::VecLen}, {"h", SizeRule::VecHalf}, {"f", SizeRule::VecFourth}, {"e", SizeRule::VecEighth},
    {"dq", SizeRule::B16},   {"qq", SizeRule::B32},    {"ss", SizeRule::B4},       {"sd", SizeRule::B8},
    {"t", SizeRule::B10},
};

// Suffixes that only a memory operand can have.
constexpr NamedSize kMemorySizes[] = {
    {"p", SizeRule::FarPtr},     {"s", SizeRule::PseudoDescriptor}, {"a", SizeRule::BoundPair},
    {"14/28", SizeRule::B14_28}, {"94/108", SizeRule::B94_108},     {"512", SizeRule::B512},
    {"xs", SizeRule::XsaveArea},
};

struct NamedRegister {
  std::string_view name;
  RegClass cls;
  u8 reg;
  SizeRule size;
};

constexpr NamedRegister kFixed[] = {
    {"AL", RegClass::Gpr, 0, SizeRule::B1},       {"AX", RegClass::Gpr, 0, SizeRule::B2},
    {"EAX", RegClass::Gpr, 0, SizeRule::B4},      {"RAX", RegClass::Gpr, 0, SizeRule::B8},
    {"rAX", RegClass::Gpr, 0, SizeRule::OpSize},  {"eAX", RegClass::Gpr, 0, SizeRule::OpSizeZ},
    {"CL", RegClass::Gpr, 1, SizeRule::B1},       {"DX", RegClass::Gpr, 2, SizeRule::B2},
    {"EDX", RegClass::Gpr, 2, SizeRule::B4},      {"ES", RegClass::Segment, 0, SizeRule::B2},
    {"CS", RegClass::Segment, 1, SizeRule::B2},   {"SS", RegClass::Segment, 2, SizeRule::B2},
    {"DS", RegClass::Segment, 3, SizeRule::B2},   {"FS", RegClass::Segment, 4, SizeRule::B2},
    {"GS", RegClass::Segment, 5, SizeRule::B2},   {"ST0", RegClass::Fpu, 0, SizeRule::B10},
    {"XMM0", RegClass::Vector, 0, SizeRule::B16},
};

struct Letter {
  char letter;
  Slot slot;
  RegClass cls;
  bool memory;
  bool reg;
};

constexpr Letter kLetters[] = {
    {'E', Slot::ModrmRm, RegClass::Gpr, true, true},
    {'G', Slot::ModrmReg, RegClass::Gpr, false, true},
    {'R', Slot::ModrmRm, RegClass::Gpr, false, true},
    {'Z', Slot::OpcodeReg, RegClass::Gpr, false, true},
    {'B', Slot::Vvvv, RegClass::Gpr, false, true},
    {'M', Slot::ModrmRm, RegClass::None, true, false},
    {'P', Slot::ModrmReg, RegClass::Mmx, false, true},
    {'Q', Slot::ModrmRm, RegClass::Mmx, true, true},
    {'N', Slot::ModrmRm, RegClass::Mmx, false, true},
    {'V', Slot::ModrmReg, RegClass::Vector, false, true},
    {'W', Slot::ModrmRm, RegClass::Vector, true, true},
    {'H', Slot::Vvvv, RegClass::Vector, false, true},
    {'U', Slot::ModrmRm, RegClass::Vector, false, true},
    {'L', Slot::Imm4Reg, RegClass::Vector, false, true},
    {'O', Slot::Moffs, RegClass::None, true, false},
    {'X', Slot::StringSrc, RegClass::None, false, false},
    {'Y', Slot::StringDst, RegClass::None, false, false},
    {'J', Slot::Relative, RegClass::None, false, false},
    {'I', Slot::Immediate, RegClass::None, false, false},
};

std::optional<SizeRule> findSize(std::span<const NamedSize> table, std::string_view name) {
  for (const NamedSize& s : table)
    if (s.name == name) return s.rule;
  return std::nullopt;
}

// Codes that the letter-plus-size scheme does not cover. False: not one of them.
bool parseSpecial(std::string_view text, OperandSpec& out) {
  if (text == "1") {
    out.slot = Slot::One;
    out.size = SizeRule::B1;
    return true;
  }
  if (text == "Ap") {
    out.slot = Slot::FarPointer;
    out.size = SizeRule::FarPtr;
    return true;
  }
  if (text == "sIb") {
    out.slot = Slot::Immediate;
    out.size = SizeRule::B1;
    out.signExtendImm = true;
    return true;
  }
  if (text == "STi") {
    out = {.slot = Slot::ModrmRm, .cls = RegClass::Fpu, .size = SizeRule::B10, .registerAllowed = true};
    return true;
  }
  if (text == "M" || text == "Ea") {
    out.slot = Slot::ModrmRm;
    out.cls = text == "M" ? RegClass::None : RegClass::Gpr;
    out.size = text == "M" ? SizeRule::None : SizeRule::OpSize;
    out.memoryAllowed = true;
    out.registerAllowed = text != "M";
    out.addressOnly = true;
    return true;
  }
  if (text == "VMd" || text == "VMq") {
    out.slot = Slot::ModrmRm;
    out.size = text == "VMd" ? SizeRule::B4 : SizeRule::B8;
    out.memoryAllowed = true;
    return true;
  }
  if (text == "Sw" || text == "Cy" || text == "Dy") {
    out.slot = Slot::ModrmReg;
    out.cls = text[0] == 'S' ? RegClass::Segment : text[0] == 'C' ? RegClass::Control : RegClass::Debug;
    out.size = text[0] == 'S' ? SizeRule::B2 : SizeRule::Native;
    out.registerAllowed = true;
    return true;
  }
  for (const NamedRegister& r : kFixed) {
    if (r.name != text) continue;
    out.slot = Slot::Fixed;
    out.cls = r.cls;
    out.size = r.size;
    out.fixedReg = r.reg;
    out.registerAllowed = true;
    return true;
  }
  return false;
}

bool parseLettered(std::string_view text, OperandSpec& out) {
  if (text.empty()) return false;
  for (const Letter& l : kLetters) {
    if (l.letter != text[0]) continue;
    std::optional<SizeRule> size = findSize(kSizes, text.substr(1));
    if (!size && l.letter == 'M') size = findSize(kMemorySizes, text.substr(1));
    if (!size) return false;
    out.slot = l.slot;
    out.cls = l.cls;
    out.size = *size;
    out.memoryAllowed = l.memory;
    out.registerAllowed = l.reg;
    return true;
  }
  return false;
}

// "Rd/Mb": a register of one size, or memory of another.
bool parseMixed(std::string_view text, OperandSpec& out) {
  const size_t slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  OperandSpec memory;
  if (!parseLettered(text.substr(0, slash), out) || !parseLettered(text.substr(slash + 1), memory))
    return false;
  if (out.slot != Slot::ModrmRm || memory.slot != Slot::ModrmRm || out.memoryAllowed ||
      memory.registerAllowed)
    return false;
  out.memSize = memory.size;
  out.memoryAllowed = true;
  return true;
}

Access takeAccess(std::string_view& text) {
  if (text.empty()) return Access::Read;
  const char mark = text[0];
  const Access access = mark == '='   ? Access::Write
                        : mark == '+' ? Access::ReadWrite
                        : mark == '?' ? Access::MaybeWrite
                                      : Access::Read;
  if (access != Access::Read) text.remove_prefix(1);
  return access;
}

}  // namespace

Result<OperandSpec> parseOperand(std::string_view text) {
  std::string_view code = text;
  OperandSpec spec;
  const Access access = takeAccess(code);
  if (!parseSpecial(code, spec) && !parseLettered(code, spec) && !parseMixed(code, spec))
    return fail("unknown operand code '{}'", text);
  const bool writable = spec.cls != RegClass::None || spec.memoryAllowed || spec.slot == Slot::StringDst;
  if (access != Access::Read && !writable) return fail("operand '{}' cannot be written", text);
  spec.access = access;
  if (spec.slot == Slot::Immediate && spec.size == SizeRule::OpSizeZ) spec.signExtendImm = true;
  if (spec.slot == Slot::Relative) spec.signExtendImm = true;
  return spec;
}

}  // namespace duet::tcg::isa
