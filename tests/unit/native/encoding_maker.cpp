#include "tests/unit/native/encoding_maker.h"

#include <bit>
#include <cstring>
#include <iterator>

#include "core/cpu/registers.h"

namespace duet::tcg::test {

using namespace isa;

namespace {

unsigned pick(Random& random, unsigned below) { return static_cast<unsigned>(random() % below); }

// A register number that the operand class allows; never RSP, which the witness needs.
unsigned pickRegister(RegClass cls, Random& random) {
  if (cls == RegClass::Mmx || cls == RegClass::Fpu) return pick(random, 8);
  const unsigned n = pick(random, 16);
  return cls == RegClass::Gpr && n == 4 ? 5 : n;
}

struct Numbers {
  unsigned reg, rm, vvvv = 0;
  unsigned immediates = 0;
};

Numbers pickNumbers(const Row& row, Random& random) {
  Numbers n{pick(random, 8), pick(random, 8)};
  for (unsigned i = 0; i < row.operandCount; ++i) {
    const OperandSpec& spec = row.operands[i];
    if (spec.slot == Slot::ModrmReg) n.reg = pickRegister(spec.cls, random);
    if (spec.slot == Slot::ModrmRm) n.rm = pickRegister(spec.cls, random);
    if (spec.slot == Slot::Vvvv) n.vvvv = pickRegister(spec.cls, random);
    if (spec.slot == Slot::Immediate || spec.slot == Slot::Imm4Reg) ++n.immediates;
  }
  if (row.modrmReg >= 0) n.reg = static_cast<unsigned>(row.modrmReg);
  if (row.modrmRm >= 0) n.rm = static_cast<unsigned>(row.modrmRm);
  return n;
}

void putLegacy(std::vector<u8>& out, const Row& row, unsigned w, unsigned r, unsigned b) {
  if (row.prefix == MandatoryPrefix::P66) out.push_back(0x66);
  if (row.prefix == MandatoryPrefix::PF3) out.push_back(0xf3);
  if (row.prefix == MandatoryPrefix::PF2) out.push_back(0xf2);
  const unsigned rex = w << 3 | r << 2 | b;
  if (rex) out.push_back(static_cast<u8>(0x40 | rex));
  if (row.map != Map::OneByte) out.push_back(0x0f);
  if (row.map == Map::M0F38) out.push_back(0x38);
  if (row.map == Map::M0F3A) out.push_back(0x3a);
}

void putVex(std::vector<u8>& out, const Row& row, unsigned w, unsigned r, unsigned b, unsigned vvvv) {
  const unsigned l = row.l == 1 ? 1 : 0;
  const unsigned map = row.map == Map::M0F ? 1 : row.map == Map::M0F38 ? 2 : 3;
  unsigned pp = 0;
  if (row.prefix == MandatoryPrefix::P66) pp = 1;
  if (row.prefix == MandatoryPrefix::PF3) pp = 2;
  if (row.prefix == MandatoryPrefix::PF2) pp = 3;
  out.push_back(0xc4);
  out.push_back(static_cast<u8>((r ^ 1) << 7 | 0x40 | (b ^ 1) << 5 | map));
  out.push_back(static_cast<u8>(w << 7 | (vvvv ^ 15) << 3 | l << 2 | pp));
}

}  // namespace

std::vector<u8> makeEncoding(const Row& row, Random& random, bool memory) {
  const Numbers n = pickNumbers(row, random);
  unsigned w = row.w == 1 ? 1 : 0;
  if (row.w < 0 && row.map != Map::OneByte) w = pick(random, 2);
  std::vector<u8> out;
  const unsigned b = memory ? 0 : n.rm >> 3;
  if (row.vex) {
    putVex(out, row, w, n.reg >> 3, b, n.vvvv);
  } else {
    putLegacy(out, row, w, n.reg >> 3, b);
  }
  out.push_back(row.opcode);
  if (row.modrm != ModrmRule::Absent) {
    const unsigned reg = (n.reg & 7) << 3;
    out.push_back(static_cast<u8>(memory ? 0x40 | reg | kMemoryBase : 0xc0 | reg | (n.rm & 7)));
    if (memory) out.push_back(kMemoryDisp);
  }
  for (unsigned i = 0; i < n.immediates; ++i) out.push_back(static_cast<u8>(random()));
  return out;
}

u64 edgeValue(Random& random) {
  static constexpr u64 kDoubles[] = {0,
                                     0x8000000000000000,
                                     0x3ff0000000000000,
                                     0xbff8000000000000,
                                     0x7ff0000000000000,
                                     0xfff0000000000000,
                                     0x7ff8000000000123,
                                     0x7ff4000000000456,
                                     0x000fffffffffffff,
                                     0x0010000000000000,
                                     0x7fefffffffffffff,
                                     0x41dfffffffc00000,
                                     0x43e0000000000000,
                                     0x4010000000000001,
                                     0x3ca0000000000000};
  static constexpr u32 kFloats[] = {0,          0x80000000, 0x3f800000, 0xbfc00000, 0x7f800000,
                                    0xff800000, 0x7fc01234, 0x7f812345, 0x007fffff, 0x00800000,
                                    0x7f7fffff, 0x4f000000, 0x40800001, 0x33800000};
  const auto single = [&] { return u64{kFloats[pick(random, std::size(kFloats))]}; };
  switch (pick(random, 6)) {
    case 0:
      return kDoubles[pick(random, std::size(kDoubles))];
    case 1:
      return single() | single() << 32;
    case 2:
      return random() & 0x0f0f0f0f0f0f0f0f;
    case 3:
      return std::bit_cast<u64>(static_cast<double>(static_cast<i64>(random())) / 65536.0);
    case 4: {
      const u64 low = std::bit_cast<u32>(static_cast<float>(static_cast<i32>(random())) / 256.0f);
      return low | single() << 32;
    }
    default:
      return random();
  }
}

void fillRandom(FullState& state, Random& random) {
  for (u64& r : state.gpr) r = edgeValue(random);
  state.flags = 2 | (random() & kFlagsArithmetic);
  for (unsigned at = 160; at < 416; at += 8) {
    const u64 v = edgeValue(random);
    std::memcpy(state.xsave + at, &v, 8);
  }
  for (unsigned at = 576; at < 832; at += 8) {
    const u64 v = edgeValue(random);
    std::memcpy(state.xsave + at, &v, 8);
  }
  const u16 control = static_cast<u16>(0x7f | (random() & 0x0f00)), status = random() & 0x7f7f & ~0x80;
  const u8 tags = static_cast<u8>(random() | random());
  const u32 mxcsr = static_cast<u32>(0x1f80 | (random() & 0xe07f));
  std::memcpy(state.xsave, &control, 2);
  std::memcpy(state.xsave + 2, &status, 2);
  state.xsave[4] = tags;
  std::memcpy(state.xsave + 24, &mxcsr, 4);
  for (unsigned i = 0; i < 8; ++i) {
    static constexpr u16 kExponents[] = {0,      0x3fff, 0x3ffe, 0x4000, 0xbfff,
                                         0x7fff, 0xffff, 0x400e, 0x403d, 0x0001};
    u64 fraction = random();
    if (pick(random, 3) == 0) fraction &= 0xfff0000000000000;
    if (pick(random, 8)) fraction |= u64{1} << 63;
    if (pick(random, 8) == 0) fraction = 0;
    const u16 exponent = kExponents[pick(random, std::size(kExponents))];
    std::memset(state.xsave + 32 + 16 * i, 0, 16);
    std::memcpy(state.xsave + 32 + 16 * i, &fraction, 8);
    std::memcpy(state.xsave + 40 + 16 * i, &exponent, 2);
  }
}

}  // namespace duet::tcg::test
