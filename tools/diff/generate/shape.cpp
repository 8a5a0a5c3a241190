#include "tools/diff/generate/shape.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "tools/diff/generate/rows.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;

constexpr unsigned kSpNumber = 4, kBpNumber = 5;

class Chooser {
 public:
  Chooser(const Row& row, const Target& target, const ShapeWish& wish, Random& random)
      : row_(row),
        wide_(target.wide()),
        narrow_(target.mode() == CodeMode::Bits16),
        wish_(wish),
        random_(random),
        use_(sizeUse(row)) {}

  Shape choose() {
    shape_.opcode = row_.opcode;
    shape_.map = row_.map;
    shape_.vex = row_.vex;
    chooseWidth();
    chooseOpcodeRegister();
    if (row_.modrm != ModrmRule::Absent) chooseModrm();
    choosePrefixes();
    if (row_.vex) chooseVex();
    shape_.rex = wide_ && !row_.vex &&
                 (shape_.w || shape_.r || shape_.x || shape_.b || (!wish_.plain && random_.oneIn(10)));
    return shape_;
  }

 private:
  bool sometimes(unsigned n) { return !wish_.plain && random_.oneIn(n); }

  void chooseWidth() {
    if (!wide_ && !row_.vex) return;
    shape_.w = row_.w >= 0 ? row_.w == 1 : sometimes(use_ == SizeUse::None ? 10 : 3);
  }

  void chooseOpcodeRegister() {
    if (row_.rexB >= 0) shape_.b = row_.rexB == 1;
    if (!row_.opcodeReg) return;
    unsigned n = registerNumber(*operand(Slot::OpcodeReg));
    if (row_.rexB >= 0) n = (n & 7) | (row_.rexB ? 8u : 0u);
    shape_.opcode = static_cast<u8>(row_.opcode | (n & 7));
    shape_.b = n & 8;
  }

  const OperandSpec* operand(Slot slot) const {
    for (unsigned i = 0; i < row_.operandCount; ++i)
      if (row_.operands[i].slot == slot) return &row_.operands[i];
    return nullptr;
  }

  // A register number that the class has; classes of eight may come with a REX bit that means nothing.
  unsigned registerNumber(const OperandSpec& spec) {
    const unsigned all = wide_ ? 16 : 8;
    switch (spec.cls) {
      case RegClass::Segment: {
        static constexpr u8 kAll[] = {0, 1, 2, 3, 4, 5}, kLoadable[] = {0, 2, 3, 4, 5};
        return spec.access == Access::Read ? random_.of(kAll) : random_.of(kLoadable);
      }
      case RegClass::Control: {
        static constexpr u8 kExisting[] = {0, 2, 3, 4}, kWithCr8[] = {0, 2, 3, 4, 8};
        return wide_ ? random_.of(kWithCr8) : random_.of(kExisting);
      }
      case RegClass::Debug:
        return random_.below(8);
      case RegClass::Mmx:
      case RegClass::Fpu:
        return random_.below(8) + (wide_ && random_.oneIn(16) ? 8u : 0u);
      default:
        break;
    }
    unsigned n = random_.below(all);
    const bool written = spec.cls == RegClass::Gpr && spec.access != Access::Read;
    if (written && (n & 7) == kSpNumber && wish_.keepStack) n = 3;
    return n;
  }

  void chooseModrm() {
    shape_.hasModrm = true;
    const OperandSpec* regOperand = operand(Slot::ModrmReg);
    unsigned reg = regOperand ? registerNumber(*regOperand) : random_.below(8);
    if (row_.modrmReg >= 0) reg = static_cast<unsigned>(row_.modrmReg);
    shape_.r = wide_ && (reg & 8);
    shape_.modrm = static_cast<u8>((reg & 7) << 3);
    const bool memory = !row_.modIgnored && (row_.modrm == ModrmRule::Memory ||
                                             (row_.modrm == ModrmRule::Any && !random_.oneIn(3)));
    if (memory)
      chooseAddress();
    else
      chooseRmRegister();
  }

  void chooseRmRegister() {
    const OperandSpec* rmOperand = operand(Slot::ModrmRm);
    unsigned rm = rmOperand ? registerNumber(*rmOperand) : random_.below(8);
    if (row_.modrmRm >= 0) rm = static_cast<unsigned>(row_.modrmRm);
    if (wide_ && row_.rexB < 0) shape_.b = rm & 8;
    const unsigned mod = row_.modIgnored && !wish_.plain ? random_.below(4) : 3;
    shape_.modrm |= static_cast<u8>(mod << 6 | (rm & 7));
  }

  // A register whose value can still be chosen; kNoReg if there is none.
  unsigned addressRegister() {
    const unsigned all = wide_ ? 16 : 8;
    for (unsigned tries = 0; tries < 8; ++tries) {
      const unsigned n = random_.below(all);
      if (wish_.addressRegisters >> n & 1) return n;
    }
    return kNoReg;
  }

  void chooseAddress() {
    const bool vsib = row_.attrs & (kAttrVsibX | kAttrVsibY);
    const bool other = sometimes(6) && !(vsib && !wide_);
    if (other) shape_.addLegacy(0x67);
    if (!wide_ && other != narrow_) return chooseAddress16();
    if (vsib) return chooseVsib();
    const unsigned kind = random_.below(16);
    const unsigned base = kind < 12 ? addressRegister() : kNoReg;
    if (kind < 6 && base != kNoReg) return putBase(base, false, 0);
    unsigned index = kind < 13 ? addressRegister() : kNoReg;
    if (index == kSpNumber) index = kNoReg;
    const unsigned scale = random_.below(4);
    if (base != kNoReg && index != kNoReg && !(base == index && scale == 0)) {
      shape_.x = index & 8;
      return putBase(base, true, (scale << 3) | (index & 7));
    }
    if (base != kNoReg) return putBase(base, false, 0);
    if (kind >= 14 || (index == kNoReg && kind != 13)) {  // disp32, in 64-bit mode from RIP
      shape_.modrm |= kBpNumber;
    } else {  // disp32 with a SIB byte, with or without index
      const unsigned low = index == kNoReg ? kSpNumber : index & 7;
      shape_.x = index != kNoReg && (index & 8);
      putSib((scale << 3) | low, kBpNumber);
    }
    shape_.displacementSize = 4;
  }

  void putSib(unsigned scaleIndex, unsigned base) {
    shape_.hasSib = true;
    shape_.modrm |= kSpNumber;
    shape_.sib = static_cast<u8>(scaleIndex << 3 | (base & 7));
    shape_.b = base & 8;
  }

  void putBase(unsigned base, bool withIndex, unsigned scaleIndex) {
    unsigned mod = random_.below(3);
    if (mod == 0 && (base & 7) == kBpNumber) mod = 1;
    shape_.modrm |= static_cast<u8>(mod << 6);
    shape_.displacementSize = mod == 2 ? 4 : static_cast<u8>(mod);
    if (withIndex || (base & 7) == kSpNumber || random_.oneIn(12)) {
      putSib(withIndex ? scaleIndex : random_.below(4) << 3 | kSpNumber, base);
    } else {
      shape_.modrm |= static_cast<u8>(base & 7);
      shape_.b = base & 8;
    }
  }

  void chooseVsib() {
    const unsigned index = random_.below(wide_ ? 16 : 8);
    const unsigned base = addressRegister();
    shape_.x = index & 8;
    const unsigned scaleIndex = random_.below(4) << 3 | (index & 7);
    if (base != kNoReg) return putBase(base, true, scaleIndex);
    putSib(scaleIndex, kBpNumber);
    shape_.displacementSize = 4;
  }

  void chooseAddress16() {
    const unsigned mod = random_.below(3), rm = random_.below(8);
    shape_.modrm |= static_cast<u8>(mod << 6 | rm);
    shape_.displacementSize = mod == 0 ? (rm == 6 ? 2 : 0) : static_cast<u8>(mod);
  }

  bool hasMemory() const { return shape_.hasModrm && shape_.modrm < 0xc0 && !row_.modIgnored; }

  void chooseOptional() {
    const bool implicit = hasImplicitMemory(row_) || countsByAddressSize(row_);
    if (!hasMemory() && random_.oneIn(implicit ? 5 : 30)) shape_.addLegacy(0x67);
    if (random_.oneIn(hasMemory() || implicit ? 5 : 30)) {
      static constexpr u8 kSegments[] = {0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x64, 0x65};
      shape_.addLegacy(random_.of(kSegments));
    }
    if (row_.vex || row_.prefix == MandatoryPrefix::None) return;
    if (row_.prefix != MandatoryPrefix::P66 && random_.oneIn(use_ == SizeUse::Operand ? 3 : 20))
      shape_.addLegacy(0x66);
    if (row_.attrs & (kAttrRep | kAttrRepe)) {
      const unsigned kind = random_.below(4);
      if (kind) shape_.addLegacy(kind == 1 ? 0xf2 : 0xf3);
    } else if (row_.prefix == MandatoryPrefix::Any && random_.oneIn(24)) {
      shape_.addLegacy(random_.oneIn(2) ? 0xf2 : 0xf3);
    }
    if (row_.has(kAttrLock) && hasMemory() && random_.oneIn(4)) shape_.addLegacy(0xf0);
    if (random_.oneIn(50) && shape_.legacyCount) shape_.addLegacy(shape_.legacy[0]);
  }

  void choosePrefixes() {
    if (!wish_.plain) chooseOptional();
    if (row_.vex) return;
    if (row_.prefix == MandatoryPrefix::P66) shape_.addLegacy(0x66);
    if (row_.prefix == MandatoryPrefix::PF3) shape_.addLegacy(0xf3);
    if (row_.prefix == MandatoryPrefix::PF2) shape_.addLegacy(0xf2);
    for (unsigned i = shape_.legacyCount; i > 1; --i)
      std::swap(shape_.legacy[i - 1], shape_.legacy[random_.below(i)]);
  }

  void chooseVex() {
    const OperandSpec* extra = operand(Slot::Vvvv);
    shape_.vvvv = extra ? static_cast<u8>(registerNumber(*extra)) : u8{0};
    shape_.l = row_.l >= 0 ? row_.l == 1 : random_.oneIn(2);
    switch (row_.prefix) {
      case MandatoryPrefix::P66:
        shape_.vexPrefix = 1;
        break;
      case MandatoryPrefix::PF3:
        shape_.vexPrefix = 2;
        break;
      case MandatoryPrefix::PF2:
        shape_.vexPrefix = 3;
        break;
      default:
        break;
    }
    shape_.shortVex = !shape_.x && !shape_.b && !shape_.w && row_.map == Map::M0F && random_.oneIn(2);
  }

  const Row& row_;
  const bool wide_, narrow_;  // 64-bit and 16-bit code
  const ShapeWish& wish_;
  Random& random_;
  const SizeUse use_;
  Shape shape_;
};

void putVex(const Shape& s, u8*& at) {
  const unsigned inverted = (s.vvvv ^ 15u) << 3 | unsigned{s.l} << 2 | s.vexPrefix;
  if (s.shortVex) {
    *at++ = 0xc5;
    *at++ = static_cast<u8>(unsigned{!s.r} << 7 | inverted);
    return;
  }
  const unsigned map = s.map == Map::M0F ? 1 : s.map == Map::M0F38 ? 2 : 3;
  *at++ = 0xc4;
  *at++ = static_cast<u8>(unsigned{!s.r} << 7 | unsigned{!s.x} << 6 | unsigned{!s.b} << 5 | map);
  *at++ = static_cast<u8>(unsigned{s.w} << 7 | inverted);
}

void putEscape(Map map, u8*& at) {
  if (map != Map::OneByte) *at++ = 0x0f;
  if (map == Map::M0F38) *at++ = 0x38;
  if (map == Map::M0F3A) *at++ = 0x3a;
}

}  // namespace

Shape chooseShape(const Row& row, const Target& target, const ShapeWish& wish, Random& random) {
  return Chooser(row, target, wish, random).choose();
}

unsigned assemble(const Shape& s, u8 (&out)[32]) {
  std::memset(out, 0, sizeof out);
  u8* at = std::copy_n(s.legacy, s.legacyCount, out);
  if (s.rex)
    *at++ =
        static_cast<u8>(0x40 | unsigned{s.w} << 3 | unsigned{s.r} << 2 | unsigned{s.x} << 1 | unsigned{s.b});
  if (s.vex)
    putVex(s, at);
  else
    putEscape(s.map, at);
  *at++ = s.opcode;
  if (s.hasModrm) *at++ = s.modrm;
  if (s.hasSib) *at++ = s.sib;
  return static_cast<unsigned>(at - out) + s.displacementSize;
}

}  // namespace duet::diff
