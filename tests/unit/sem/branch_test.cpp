// Near branches (SDM vol. 2: JMP, Jcc, CALL, RET, LOOP, JCXZ).
#include "tests/unit/sem/fixture.h"

namespace duet::tcg {
namespace {

class Branch : public SemTest {
 protected:
  u64 next() const { return ctx_->nextRip; }
};

TEST_F(Branch, RelativeTargetsCountFromTheNextInstruction) {
  EXPECT_FALSE(run({0xeb, 0x10}));
  EXPECT_EQ(next(), ip(0x12));
  EXPECT_FALSE(run({0xeb, 0xfe}));
  EXPECT_EQ(next(), ip(0));
  EXPECT_FALSE(run({0xe9, 0, 0, 0, 0x80}));
  EXPECT_EQ(next(), ip(5) - 0x80000000);
  // 64-bit mode ignores 66 on near branches.
  EXPECT_FALSE(run({0x66, 0xe9, 0x00, 0x10, 0x00, 0x00}));
  EXPECT_EQ(next(), ip(0x1006));
}

TEST_F(Branch, OperandSizeTruncatesTheTarget) {
  use32();
  EXPECT_FALSE(run({0x66, 0xeb, 0x10}));
  EXPECT_EQ(next(), ip(0x13));
  ctx_->arch.segment[isa::kCs].limit = 0xffffffff;
  EXPECT_FALSE(run({0x66, 0xe9, 0xff, 0xff}));
  EXPECT_EQ(next(), ip(3));
  EXPECT_FALSE(run({0xe9, 0x00, 0x00, 0xff, 0xff}));
  EXPECT_EQ(next(), (ip(5) + 0xffff0000) & 0xffffffff);
}

TEST_F(Branch, ConditionsOfJcc) {
  for (u32 mask = 0; mask < 64; ++mask) {
    const bool cf = mask & 1, pf = mask & 2, zf = mask & 4, sf = mask & 8, of = mask & 16;
    ctx_->flags.set((cf ? u32{kFlagCf} : 0) | (pf ? u32{kFlagPf} : 0) | (zf ? u32{kFlagZf} : 0) |
                    (sf ? u32{kFlagSf} : 0) | (of ? u32{kFlagOf} : 0));
    const bool expected[8] = {of, cf, zf, cf || zf, sf, pf, sf != of, zf || sf != of};
    for (unsigned cc = 0; cc < 16; ++cc) {
      EXPECT_FALSE(run({static_cast<u8>(0x70 + cc), 0x20}));
      EXPECT_EQ(next() == ip(0x22), expected[cc / 2] != (cc % 2)) << cc << " " << mask;
      EXPECT_FALSE(run({0x0f, static_cast<u8>(0x80 + cc), 0x20, 0, 0, 0}));
      EXPECT_EQ(next() == ip(0x26), expected[cc / 2] != (cc % 2)) << cc << " " << mask;
    }
  }
}

TEST_F(Branch, NonCanonicalTargetFaultsAndChangesNothing) {
  reg(kRax) = 0x800000000000;
  reg(kRsp) = address() + 0x800;
  expectFault(run({0xff, 0xe0}), kExcGP);
  std::memset(memory(), 0x11, kPageSize);
  expectFault(run({0xff, 0xd0}), kExcGP);
  EXPECT_EQ(reg(kRsp), address() + 0x800);
  EXPECT_EQ(memory()[0x7ff], 0x11);
  std::memset(memory() + 0x800, 0x77, 8);
  expectFault(run({0xc3}), kExcGP);
  EXPECT_EQ(reg(kRsp), address() + 0x800);
  reg(kRax) = 0xffff800000000000;
  EXPECT_FALSE(run({0xff, 0xe0}));
  EXPECT_EQ(next(), 0xffff800000000000);
}

TEST_F(Branch, TargetOverTheCodeLimitFaults) {
  use32();
  ctx_->arch.segment[isa::kCs].limit = 0x1fff;
  reg(kRax) = 0x1fff;
  EXPECT_FALSE(run({0xff, 0xe0}));
  reg(kRax) = 0x2000;
  expectFault(run({0xff, 0xe0}), kExcGP);
  reg(kRcx) = 5;
  expectFault(run({0x66, 0x0f, 0x85, 0xff, 0x7f}), kExcGP);  // JNE: ZF is clear
  EXPECT_FALSE(run({0xe3, 0x7f}));                           // not taken: the target does not matter
}

TEST_F(Branch, CallPushesAndRetPops) {
  reg(kRsp) = address() + 0x800;
  EXPECT_FALSE(run({0xe8, 0x00, 0x01, 0, 0}));
  EXPECT_EQ(next(), ip(0x105));
  EXPECT_EQ(reg(kRsp), address() + 0x7f8);
  u64 pushed;
  std::memcpy(&pushed, memory() + 0x7f8, 8);
  EXPECT_EQ(pushed, ip(5));
  EXPECT_FALSE(run({0xc2, 0x10, 0x80}));
  EXPECT_EQ(next(), ip(5));
  EXPECT_EQ(reg(kRsp), address() + 0x800 + 0x8010);  // the count is unsigned
}

// CALL through rSP-relative memory reads the target before it pushes.
TEST_F(Branch, CallThroughStackMemory) {
  reg(kRsp) = address() + 0x800;
  const u64 target = 0x1234;
  std::memcpy(memory() + 0x7f8, &target, 8);
  EXPECT_FALSE(run({0xff, 0x54, 0x24, 0xf8}));
  EXPECT_EQ(next(), 0x1234u);
}

TEST_F(Branch, SixteenBitStackWraps) {
  use32(16);
  reg(kRsp) = 0xabcd0000;
  ctx_->arch.segment[isa::kSs].limit = 0xffff;
  // The top of the stack segment is not mapped at 0xfffe; look at where the push would go instead.
  reg(kRsp) = 0xabcd0002;
  EXPECT_FALSE(run({0xe8, 0x10, 0x00}));
  EXPECT_EQ(reg(kRsp), 0xabcd0000u);
  EXPECT_EQ(next(), ip(0x13));
  u16 pushed;
  std::memcpy(&pushed, memory(), 2);
  EXPECT_EQ(pushed, ip(3));
}

TEST_F(Branch, LoopCountsByAddressSize) {
  reg(kRcx) = 0x100000001;
  EXPECT_FALSE(run({0xe2, 0x10}));
  EXPECT_EQ(next(), ip(0x12));
  EXPECT_EQ(reg(kRcx), 0x100000000u);
  reg(kRcx) = 0x100000001;
  EXPECT_FALSE(run({0x67, 0xe2, 0x10}));
  EXPECT_EQ(next(), ip(3));
  EXPECT_EQ(reg(kRcx), 0u);  // ECX written: the top is cleared
  reg(kRcx) = 0;
  EXPECT_FALSE(run({0xe2, 0x10}));
  EXPECT_EQ(next(), ip(0x12));
  EXPECT_EQ(reg(kRcx), ~u64{0});

  use32(16);
  reg(kRcx) = 0x10000;
  EXPECT_FALSE(run({0xe2, 0x10}));
  EXPECT_EQ(next(), ip(0x12));
  EXPECT_EQ(reg(kRcx), 0x1ffffu);
}

TEST_F(Branch, LoopeAndLoopneLookAtZf) {
  for (bool zf : {false, true}) {
    ctx_->flags.set(zf ? u32{kFlagZf} : 0);
    reg(kRcx) = 2;
    EXPECT_FALSE(run({0xe1, 0x10}));
    EXPECT_EQ(next() == ip(0x12), zf);
    EXPECT_FALSE(run({0xe0, 0x10}));  // rCX is 1: ends whatever ZF
    EXPECT_EQ(next(), ip(2));
    EXPECT_EQ(reg(kRcx), 0u);
    reg(kRcx) = 2;
    EXPECT_FALSE(run({0xe0, 0x10}));
    EXPECT_EQ(next() == ip(0x12), !zf);
  }
}

TEST_F(Branch, LoopFaultKeepsTheCount) {
  use32();
  ctx_->arch.segment[isa::kCs].limit = 0xfff;
  reg(kRcx) = 2;
  ctx_->arch.segment[isa::kCs].limit = static_cast<u32>(ip(0x10));
  expectFault(run({0xe2, 0x10}), kExcGP);
  EXPECT_EQ(reg(kRcx), 2u);
}

TEST_F(Branch, JcxzByAddressSize) {
  reg(kRcx) = 0x100000000;
  EXPECT_FALSE(run({0xe3, 0x10}));
  EXPECT_EQ(next(), ip(2));
  EXPECT_FALSE(run({0x67, 0xe3, 0x10}));
  EXPECT_EQ(next(), ip(0x13));
}

}  // namespace
}  // namespace duet::tcg
