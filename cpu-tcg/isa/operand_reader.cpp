#include "cpu-tcg/isa/operand_reader.h"

#include <array>
#include <bit>

#include "core/base/bits.h"

namespace duet::tcg::isa {
namespace {

struct ClassFacts {
  OperandKind kind = OperandKind::None;
  u8 extension = 0;  // REX bits count
};

// By RegClass.
constexpr ClassFacts kClasses[] = {{},
                                   {OperandKind::Gpr, 8},
                                   {OperandKind::Segment},
                                   {OperandKind::Control, 8},
                                   {OperandKind::Debug, 8},
                                   {OperandKind::Fpu},
                                   {OperandKind::Mmx},
                                   {OperandKind::Vector, 8}};
static_assert(std::size(kClasses) == static_cast<size_t>(RegClass::Vector) + 1);

const ClassFacts& factsOf(RegClass cls) { return kClasses[static_cast<size_t>(cls)]; }
OperandKind kindOf(RegClass cls) { return factsOf(cls).kind; }

// --- what sizes depend on, in five bits

constexpr unsigned kSizeContexts = 32;

struct SizeContext {
  u16 opSize;
  bool wide, rexW, l;
};

constexpr SizeContext contextAt(unsigned n) {
  return {static_cast<u16>(1u << (n & 3)), (n & 4) != 0, (n & 8) != 0, (n & 16) != 0};
}

unsigned sizeContextOf(const Insn& insn) {
  return static_cast<unsigned>(std::countr_zero(insn.opSize)) | (insn.mode == CodeMode::Bits64 ? 4 : 0) |
         (insn.has(kPrefixRexW) ? 8 : 0) | (insn.vexL ? 16 : 0);
}

constexpr u16 sizeIn(SizeRule rule, const SizeContext& c) {
  const u16 vector = c.l ? 32 : 16;
  switch (rule) {
    case SizeRule::None:
    case SizeRule::XsaveArea:
      return 0;
    case SizeRule::B1:
      return 1;
    case SizeRule::B2:
      return 2;
    case SizeRule::B4:
      return 4;
    case SizeRule::B8:
      return 8;
    case SizeRule::B10:
      return 10;
    case SizeRule::B16:
      return 16;
    case SizeRule::B32:
      return 32;
    case SizeRule::B14_28:
      return c.opSize == 2 ? 14 : 28;
    case SizeRule::B94_108:
      return c.opSize == 2 ? 94 : 108;
    case SizeRule::B512:
      return 512;
    case SizeRule::OpSize:
      return c.opSize;
    case SizeRule::OpSizeZ:
      return c.opSize == 2 ? 2 : 4;
    case SizeRule::OpSizeY:
      return c.wide && c.rexW ? 8 : 4;
    case SizeRule::Native:
      return c.wide ? 8 : 4;
    case SizeRule::VecLen:
      return vector;
    case SizeRule::VecHalf:
      return vector / 2;
    case SizeRule::VecFourth:
      return vector / 4;
    case SizeRule::VecEighth:
      return vector / 8;
    case SizeRule::FarPtr:
      return static_cast<u16>(c.opSize + 2);
    case SizeRule::PseudoDescriptor:
      return c.wide ? 10 : 6;
    case SizeRule::BoundPair:
      return static_cast<u16>(c.opSize * 2);
  }
  return 0;
}

constexpr unsigned kSizeRules = static_cast<unsigned>(SizeRule::BoundPair) + 1;
using Sizes = std::array<u16, kSizeContexts>;

constexpr auto kSizes = [] {
  std::array<Sizes, kSizeRules> sizes{};
  for (unsigned rule = 0; rule < kSizeRules; ++rule)
    for (unsigned n = 0; n < kSizeContexts; ++n)
      sizes[rule][n] = sizeIn(static_cast<SizeRule>(rule), contextAt(n));
  return sizes;
}();

// One instruction's operands.
class OperandReader {
 public:
  OperandReader(ByteReader& reader, Insn& insn)
      : reader_(reader), insn_(insn), context_(sizeContextOf(insn)) {}

  void run() {
    for (unsigned i = 0; i < insn_.row->operandCount; ++i) {
      const OperandSpec& spec = insn_.row->operands[i];
      insn_.op[i] = operand(spec);
      sawImmediate_ |= spec.slot == Slot::Immediate;
    }
  }

 private:
  u16 sizeBy(SizeRule rule) const { return kSizes[static_cast<unsigned>(rule)][context_]; }

  // `rex`: whether the bit that extends it is set.
  Operand registerOperand(const OperandSpec& spec, unsigned low, bool rex) const {
    const ClassFacts facts = factsOf(spec.cls);
    const u16 size = sizeBy(spec.size);
    // Without a REX prefix the byte registers 4..7 are AH, CH, DH, BH.
    const bool high = size == 1 && low >= 4 && facts.kind == OperandKind::Gpr && !insn_.has(kPrefixRex);
    if (high && !insn_.row->vex) return {OperandKind::GprHigh, static_cast<u8>(low - 4), 1};
    return {facts.kind, static_cast<u8>(low | (rex ? facts.extension : 0u)), size};
  }

  Operand rmOperand(const OperandSpec& spec) const {
    if (!insn_.hasMemory()) return registerOperand(spec, insn_.modrm & 7, insn_.rex & 1);
    const SizeRule rule = spec.memSize != SizeRule::None ? spec.memSize : spec.size;
    return {OperandKind::Memory, 0, spec.addressOnly ? u16{0} : sizeBy(rule)};
  }

  // VEX.vvvv and the like: outside 64-bit mode there are eight registers.
  u8 among(unsigned reg) const {
    return static_cast<u8>(insn_.mode == CodeMode::Bits64 ? reg & 15 : reg & 7);
  }

  // The bytes it takes, which for Iz and sIb differ from the operand's size.
  Operand immediate(const OperandSpec& spec) {
    const u16 size = sizeBy(spec.size);
    u64 value = reader_.value(size);
    if (spec.signExtendImm) value = signExtend(value, size * 8u);
    if (sawImmediate_)
      insn_.imm2 = static_cast<u32>(value);
    else
      insn_.imm = value;
    return {OperandKind::Immediate, 0, spec.signExtendImm ? u16{insn_.opSize} : size};
  }

  Operand farPointer() {
    insn_.imm = reader_.value(insn_.opSize);
    insn_.imm2 = static_cast<u32>(reader_.value(2));
    return {OperandKind::FarPointer, 0, static_cast<u16>(insn_.opSize + 2)};
  }

  Operand operand(const OperandSpec& spec) {
    switch (spec.slot) {
      case Slot::None:
        break;
      case Slot::ModrmRm:
        return rmOperand(spec);
      case Slot::ModrmReg:
        return registerOperand(spec, (insn_.modrm >> 3) & 7, insn_.rex & 4);
      case Slot::OpcodeReg:
        return registerOperand(spec, insn_.opcode & 7, insn_.rex & 1);
      case Slot::Vvvv:
        return {kindOf(spec.cls), among(insn_.vvvv), sizeBy(spec.size)};
      case Slot::Imm4Reg:
        return {OperandKind::Vector, among(reader_.next() >> 4), sizeBy(spec.size)};
      case Slot::Immediate:
        return immediate(spec);
      case Slot::Relative:
        immediate(spec);
        return {OperandKind::Relative, 0, insn_.opSize};
      case Slot::FarPointer:
        return farPointer();
      case Slot::Moffs:
        insn_.mem.disp = static_cast<i64>(reader_.value(insn_.addrSize));
        return {OperandKind::Memory, 0, sizeBy(spec.size)};
      case Slot::StringSrc:
        return {OperandKind::StringSrc, 0, sizeBy(spec.size)};
      case Slot::StringDst:
        return {OperandKind::StringDst, 0, sizeBy(spec.size)};
      case Slot::Fixed:
        return {kindOf(spec.cls), spec.fixedReg, sizeBy(spec.size)};
      case Slot::One:
        insn_.imm = 1;
        return {OperandKind::Immediate, 0, 1};
    }
    return {};
  }

  ByteReader& reader_;
  Insn& insn_;
  const unsigned context_;
  bool sawImmediate_ = false;
};

}  // namespace

void readOperands(ByteReader& reader, Insn& insn) { OperandReader(reader, insn).run(); }

}  // namespace duet::tcg::isa
