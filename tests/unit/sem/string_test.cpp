// String instructions where the host cannot be asked: faults in the middle, address wrap, segments,
// interruption (SDM vol. 2: REP and the instructions it repeats).
#include "tests/unit/sem/fixture.h"

namespace duet::tcg {
namespace {

class String : public SemTest {};

// The count and the pointers stop at the element that faults.
TEST_F(String, FaultInMidStringKeepsExactProgress) {
  use32();
  reg(kRsi) = 0x100;
  reg(kRdi) = kMemorySize - 6;
  reg(kRcx) = 10;
  ctx_->flags.set(kFlagZf | kFlagCf);
  expectFault(run({0xf3, 0xa4}), kExcGP);
  EXPECT_EQ(reg(kRcx), 4u);
  EXPECT_EQ(reg(kRsi), 0x106u);
  EXPECT_EQ(reg(kRdi), kMemorySize);

  reg(kRdi) = kMemorySize - 10;
  reg(kRcx) = 7;
  reg(kRax) = 0x11223344;
  expectFault(run({0xf3, 0xab}), kExcGP);
  EXPECT_EQ(reg(kRcx), 5u);
  EXPECT_EQ(reg(kRdi), kMemorySize - 2);
  EXPECT_EQ(memory()[kMemorySize - 3], 0x11);
  EXPECT_EQ(memory()[kMemorySize - 2], 0);

  // CMPS and SCAS leave the flags from before the instruction.
  reg(kRdi) = kMemorySize - 4;
  reg(kRcx) = 100;
  reg(kRax) = 0x99;
  expectFault(run({0xf2, 0xae}), kExcGP);
  EXPECT_EQ(ctx_->flags.arithmetic(), u32{kFlagZf | kFlagCf});
  EXPECT_EQ(reg(kRcx), 96u);
}

TEST_F(String, ReadOnlyDestinationFaultsBeforeAnything) {
  use32();
  ctx_->arch.segment[isa::kEs].attributes = kSegPresent | kSegS | 1;
  reg(kRcx) = 3;
  expectFault(run({0xf3, 0xaa}), kExcGP);
  EXPECT_EQ(reg(kRcx), 3u);
  EXPECT_EQ(reg(kRdi), 0u);
}

TEST_F(String, SourceTakesTheSegmentOverrideAndDestinationDoesNot) {
  use32();
  ctx_->arch.segment[isa::kFs].base = 0x1000;
  memory()[0x1020] = 0x5a;
  reg(kRsi) = 0x20;
  reg(kRdi) = 0x40;
  EXPECT_FALSE(run({0x64, 0xa4}));
  EXPECT_EQ(memory()[0x40], 0x5a);
}

TEST_F(String, SixteenBitAddressesWrap) {
  use32(16);
  for (auto& s : ctx_->arch.segment) s.limit = 0xffff;
  reg(kRsi) = 0xaaaa0000;
  reg(kRdi) = 0xbbbb0001;
  ctx_->arch.rflags = 2 | kFlagDf;
  reg(kRcx) = 0xcccc0001;
  memory()[0] = 0x77;
  EXPECT_FALSE(run({0xf3, 0xa4}));
  EXPECT_EQ(memory()[1], 0x77);
  EXPECT_EQ(reg(kRsi), 0xaaaaffffu);
  EXPECT_EQ(reg(kRdi), 0xbbbb0000u);
  EXPECT_EQ(reg(kRcx), 0xcccc0000u);
}

TEST_F(String, ZeroCountDoesNothing) {
  ctx_->flags.set(kFlagCf);
  reg(kRdi) = 0x8000000000000000;
  EXPECT_FALSE(run({0xf3, 0xae}));
  EXPECT_EQ(ctx_->flags.arithmetic(), u32{kFlagCf});
  EXPECT_EQ(reg(kRdi), 0x8000000000000000u);
}

// A long repetition comes back to the run loop; going on from where it stopped finishes it.
TEST_F(String, LongRepetitionIsInterruptible) {
  reg(kRdi) = address();
  reg(kRcx) = kMemorySize;
  reg(kRax) = 0xee;
  unsigned dispatches = 0;
  do {
    ASSERT_LT(++dispatches, 100u);
    ASSERT_FALSE(run({0xf3, 0xaa}));
    if (reg(kRcx)) {
      EXPECT_EQ(ctx_->nextRip, ip(0));
      EXPECT_TRUE(ctx_->leave & kLeaveEvents);
    }
  } while (reg(kRcx));
  EXPECT_EQ(ctx_->nextRip, ip(2));
  EXPECT_GT(dispatches, 1u);
  EXPECT_EQ(reg(kRdi), address() + kMemorySize);
  for (u64 i = 0; i < kMemorySize; ++i) ASSERT_EQ(memory()[i], 0xee);
}

TEST_F(String, SingleStepTrapsEachIteration) {
  reg(kRdi) = address();
  reg(kRcx) = 3;
  ctx_->arch.rflags = 2 | kFlagTf;
  EXPECT_FALSE(run({0xf3, 0xaa}));
  EXPECT_EQ(reg(kRcx), 2u);
  EXPECT_EQ(ctx_->nextRip, ip(0));
}

// Overlapping moves copy what earlier elements wrote.
TEST_F(String, OverlapGoesElementByElement) {
  for (unsigned i = 0; i < 64; ++i) memory()[i] = static_cast<u8>(i);
  reg(kRsi) = address();
  reg(kRdi) = address() + 3;
  reg(kRcx) = 20;
  EXPECT_FALSE(run({0xf3, 0xa4}));
  for (unsigned i = 0; i < 20; ++i) EXPECT_EQ(memory()[3 + i], i % 3);
}

TEST_F(String, RepeatedLodsKeepsTheLast) {
  for (unsigned i = 0; i < 64; ++i) memory()[i] = static_cast<u8>(i);
  reg(kRsi) = address();
  reg(kRax) = 0xffffffffffffffff;
  reg(kRcx) = 5;
  EXPECT_FALSE(run({0xf3, 0xac}));
  EXPECT_EQ(reg(kRax), 0xffffffffffffff04u);
  reg(kRcx) = 1;
  EXPECT_FALSE(run({0xf3, 0xad}));
  EXPECT_EQ(reg(kRax), 0x08070605u);
}

// With 32-bit addresses in 64-bit mode the registers lose their upper halves.
TEST_F(String, AddressSizePrefixIn64BitMode) {
  use64();
  mapAt(0x10000);
  reg(kRsi) = 0xffffffff00010000;
  reg(kRdi) = 0xffffffff00010100;
  reg(kRcx) = 0xffffffff00000002;
  memory()[0] = 0x12;
  EXPECT_FALSE(run({0x67, 0xf3, 0xa4}));
  EXPECT_EQ(memory()[0x100], 0x12);
  EXPECT_EQ(reg(kRsi), 0x10002u);
  EXPECT_EQ(reg(kRdi), 0x10102u);
  EXPECT_EQ(reg(kRcx), 0u);
}

}  // namespace
}  // namespace duet::tcg
