// What the host cannot run in 64-bit mode, checked against the manual's pseudocode; alignment, BOUND.
#include "tests/unit/sem/fixture.h"

namespace duet::tcg {
namespace {

class Misc : public SemTest {
 protected:
  u32 flags() const { return ctx_->flags.arithmetic(); }
  u8 al() { return static_cast<u8>(reg(kRax)); }
};

struct Decimal {
  u8 al;
  bool cf, af;
};

// SDM vol. 2, DAA and DAS, step by step.
Decimal daa(Decimal s) {
  const u8 oldAl = s.al;
  const bool oldCf = s.cf;
  s.cf = false;
  if ((s.al & 0xf) > 9 || s.af) {
    s.cf = oldCf || s.al + 6 > 0xff;
    s.al = static_cast<u8>(s.al + 6);
    s.af = true;
  } else {
    s.af = false;
  }
  if (oldAl > 0x99 || oldCf) {
    s.al = static_cast<u8>(s.al + 0x60);
    s.cf = true;
  } else {
    s.cf = false;
  }
  return s;
}

Decimal das(Decimal s) {
  const u8 oldAl = s.al;
  const bool oldCf = s.cf;
  s.cf = false;
  if ((s.al & 0xf) > 9 || s.af) {
    s.cf = oldCf || s.al < 6;
    s.al = static_cast<u8>(s.al - 6);
    s.af = true;
  } else {
    s.af = false;
  }
  if (oldAl > 0x99 || oldCf) {
    s.al = static_cast<u8>(s.al - 0x60);
    s.cf = true;
  }
  return s;
}

TEST_F(Misc, DecimalAdjust) {
  use32();
  for (unsigned value = 0; value < 256; ++value) {
    for (unsigned f = 0; f < 4; ++f) {
      for (u8 opcode : std::initializer_list<u8>{0x27, 0x2f}) {
        const Decimal in{static_cast<u8>(value), (f & 1) != 0, (f & 2) != 0};
        const Decimal expected = opcode == 0x27 ? daa(in) : das(in);
        reg(kRax) = 0x12345600 | value;
        ctx_->flags.set((in.cf ? u32{kFlagCf} : 0) | (in.af ? u32{kFlagAf} : 0));
        ASSERT_FALSE(run({opcode}));
        ASSERT_EQ(reg(kRax), 0x12345600u | expected.al) << value << " " << f;
        ASSERT_EQ((flags() & kFlagCf) != 0, expected.cf) << value << " " << f;
        ASSERT_EQ((flags() & kFlagAf) != 0, expected.af) << value << " " << f;
        ASSERT_EQ((flags() & kFlagZf) != 0, expected.al == 0);
        ASSERT_EQ((flags() & kFlagSf) != 0, expected.al >= 0x80);
        ASSERT_EQ((flags() & kFlagPf) != 0, std::popcount(expected.al) % 2 == 0);
      }
    }
  }
}

TEST_F(Misc, AsciiAdjust) {
  use32();
  for (unsigned ax = 0; ax < 0x10000; ax += 7) {
    for (bool af : {false, true}) {
      for (u8 opcode : std::initializer_list<u8>{0x37, 0x3f}) {
        const bool adjust = (ax & 0xf) > 9 || af;
        unsigned expected = adjust ? (opcode == 0x37 ? ax + 0x106 : ax - 0x106) : ax;
        expected &= 0xff0f;
        reg(kRax) = 0xabcd0000 | ax;
        ctx_->flags.set(af ? u32{kFlagAf} : 0);
        ASSERT_FALSE(run({opcode}));
        ASSERT_EQ(reg(kRax), 0xabcd0000u | expected);
        ASSERT_EQ((flags() & kFlagCf) != 0, adjust);
        ASSERT_EQ((flags() & kFlagAf) != 0, adjust);
      }
    }
  }
}

TEST_F(Misc, AamAndAad) {
  use32();
  for (unsigned base : {1u, 7u, 10u, 16u, 255u}) {
    for (unsigned ax = 0; ax < 0x10000; ax += 13) {
      reg(kRax) = ax;
      ASSERT_FALSE(run({0xd4, static_cast<u8>(base)}));
      ASSERT_EQ(reg(kRax), ((ax & 0xff) / base) << 8 | ((ax & 0xff) % base));
      reg(kRax) = ax;
      ASSERT_FALSE(run({0xd5, static_cast<u8>(base)}));
      ASSERT_EQ(reg(kRax), ((ax & 0xff) + (ax >> 8) * base) & 0xff);
      ASSERT_EQ((flags() & kFlagZf) != 0, al() == 0);
    }
  }
  expectFault(run({0xd4, 0}), kExcDE);
}

TEST_F(Misc, Salc) {
  use32();
  ctx_->flags.set(kFlagCf);
  reg(kRax) = 0x1234;
  EXPECT_FALSE(run({0xd6}));
  EXPECT_EQ(reg(kRax), 0x12ffu);
  ctx_->flags.set(0);
  EXPECT_FALSE(run({0xd6}));
  EXPECT_EQ(reg(kRax), 0x1200u);
}

TEST_F(Misc, Bound) {
  use32();
  const i32 range[2] = {-5, 10};
  std::memcpy(memory() + 0x40, range, sizeof range);
  reg(kRbx) = 0x40;
  for (i32 v : {-5, 0, 10}) {
    reg(kRax) = static_cast<u32>(v);
    EXPECT_FALSE(run({0x62, 0x03})) << v;
  }
  for (i32 v : {-6, 11}) {
    reg(kRax) = static_cast<u32>(v);
    expectFault(run({0x62, 0x03}), kExcBR);
  }
}

TEST_F(Misc, Cmpxchg16bWantsAlignment) {
  reg(kRbx) = address() + 8;
  expectFault(run({0x48, 0x0f, 0xc7, 0x0b}), kExcGP);
  reg(kRbx) = address() + 16;
  EXPECT_FALSE(run({0x48, 0x0f, 0xc7, 0x0b}));
}

TEST_F(Misc, UndefinedInstruction) { expectFault(run({0x0f, 0x0b}), kExcUD); }

TEST_F(Misc, DirectionFlag) {
  EXPECT_FALSE(run({0xfd}));
  EXPECT_TRUE(ctx_->arch.rflags & kFlagDf);
  EXPECT_FALSE(run({0xfc}));
  EXPECT_FALSE(ctx_->arch.rflags & kFlagDf);
}

TEST_F(Misc, RandomNumbersSetCarry) {
  ctx_->flags.set(kFlagZf | kFlagOf);
  EXPECT_FALSE(run({0x48, 0x0f, 0xc7, 0xf0}));
  const u64 first = reg(kRax);
  EXPECT_EQ(flags(), u32{kFlagCf});
  EXPECT_FALSE(run({0x48, 0x0f, 0xc7, 0xf8}));
  EXPECT_NE(reg(kRax), first);
}

// 32-bit code: the same handlers, the upper halves of registers cleared, segment bases added.
TEST_F(Misc, SegmentBaseIn32BitMode) {
  use32();
  ctx_->arch.segment[isa::kDs].base = 0x800;
  reg(kRbx) = 0x20;
  reg(kRax) = 0x11223344;
  EXPECT_FALSE(run({0x89, 0x43, 0x10}));
  u32 v;
  std::memcpy(&v, memory() + 0x830, 4);
  EXPECT_EQ(v, 0x11223344u);
  EXPECT_FALSE(run({0x65, 0xa1, 0x30, 0x08, 0, 0}));
  EXPECT_EQ(reg(kRax), 0x11223344u);
  reg(kRbx) = kMemorySize;
  expectFault(run({0x01, 0x03}), kExcGP);
}

// FS and GS bases count in 64-bit mode, and RIP-relative operands from the next instruction.
TEST_F(Misc, FsBaseAndRipRelative) {
  ctx_->arch.segment[isa::kFs].base = address();
  memory()[0x24] = 0x5a;
  reg(kRbx) = 4;
  EXPECT_FALSE(run({0x64, 0x8a, 0x43, 0x20}));
  EXPECT_EQ(al(), 0x5a);
  EXPECT_FALSE(run({0x48, 0x8d, 0x05, 0x10, 0, 0, 0}));
  EXPECT_EQ(reg(kRax), ip(0x17));
}

TEST_F(Misc, NonCanonicalOperandFaultsBySegment) {
  reg(kRbx) = 0x8000000000000000;
  reg(kRbp) = 0x8000000000000000;
  expectFault(run({0x8b, 0x03}), kExcGP);
  expectFault(run({0x8b, 0x45, 0x00}), kExcSS);
  expectFault(run({0x01, 0x45, 0x00}), kExcSS);
}

}  // namespace
}  // namespace duet::tcg
