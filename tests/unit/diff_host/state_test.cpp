// The processor's state goes in and comes out whole.
#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/diff_host/host.h"

namespace duet::diff::test {
namespace {

// Registers whose every byte differs.
void fillGprs(Case& c, u64 mask) {
  for (u64 i = 0; i < 16; ++i)
    if (i != kRsp) c.start.gpr[i] = (0x0101010101010101u * (i + 1) + 0xf0e0d0c0b0a09080u) & mask;
}

// Nothing but RIP changes over a NOP and the breakpoint after it.
void expectUnchanged(Case c) {
  const Outcome o = run(c);
  ASSERT_EQ(say(o), ranThrough(1));
  c.start.rip += 2;
  EXPECT_EQ(o.after.gpr, c.start.gpr);
  EXPECT_EQ(o.after.rflags, c.start.rflags);
  for (unsigned i = 0; i < 6; ++i) EXPECT_EQ(o.after.segment[i], c.start.segment[i]) << i;
  for (size_t i = 0; i < kXsaveAreaSize; ++i)
    ASSERT_EQ(o.after.xsave[i], c.start.xsave[i]) << "XSAVE byte " << i;
  EXPECT_EQ(o.after, c.start);
}

TEST(HostState, GprsAndFlags) {
  for (const World world : {World::User64, World::User32}) {
    Case c = makeCase(world, {0x90});
    fillGprs(c, world == World::User64 ? ~u64{0} : 0xffffffff);
    c.start.xsave[512] = 7;
    for (const u64 flag : {0u, +kFlagCf, +kFlagPf, +kFlagAf, +kFlagZf, +kFlagSf, +kFlagDf, +kFlagOf, +kFlagNt,
                           +kFlagAc, +kFlagId, kUserFlags & ~(kFlagTf | kFlagRf)}) {
      c.start.rflags = 2 | kFlagIf | flag;
      expectUnchanged(c);
    }
  }
}

TEST(HostState, SegmentsAndBases) {
  Case c = makeCase(World::User64, {0x90});
  c.start.xsave[512] = 7;
  c.start.segment[kSegDs] = userSegment(kTlsLow);
  c.start.segment[kSegEs] = userSegment(kTlsReadOnly);
  c.start.segment[kSegFs].base = 0x7fffdeadbeef;
  c.start.segment[kSegGs] = userSegment(kUserData);
  c.start.segment[kSegGs].base = 0xffff800012345678;
  expectUnchanged(c);
  c = makeCase(World::User32, {0x90});
  c.start.xsave[512] = 7;
  c.start.segment[kSegFs] = userSegment(kTlsExpandDown);
  c.start.segment[kSegGs] = userSegment(kTlsReadOnly);
  c.start.segment[kSegSs] = userSegment(kTlsLow);
  c.start.segment[kSegEs] = {0, 0, 0, kSegUnusable};
  expectUnchanged(c);
}

TEST(HostState, VectorRegisters) {
  if (!host().abilities().features.has(Feature::Avx)) GTEST_SKIP() << "the processor has no AVX";
  Case c = makeCase(World::User64, {0x90});
  u8* x = c.start.xsave.data();
  x[512] = 7;
  const u16 control[] = {0x0c7f, 0x1841, 0x8a};  // FCW, FSW (TOP 3, C0, C3 not; invalid), FTW
  std::memcpy(x, control, 5);
  x[24] = 0xa3, x[25] = 0xff, x[26] = 0;  // MXCSR: FZ, RC, all masked, three sticky
  for (unsigned i = 0; i < 8; ++i)
    for (unsigned b = 0; b < 10; ++b) x[32 + 16 * i + b] = static_cast<u8>(17 * i + b + 1);
  for (unsigned i = 160; i < 416; ++i) x[i] = static_cast<u8>(i * 7);
  for (unsigned i = 576; i < 832; ++i) x[i] = static_cast<u8>(i * 11);
  expectUnchanged(c);
}

TEST(HostState, InitialVectorStateIsTheManuals) {
  // Nothing in use at the start (XSTATE_BV 0): XRSTOR gives each component its initial state, whatever the area holds
  // (SDM vol. 1 13.6).
  Case c = makeCase(World::User64, {0x90});
  for (unsigned i = 32; i < 416; ++i) c.start.xsave[i] = 0x55;
  c.start.xsave[512] = 0;
  const Outcome o = run(c);
  ASSERT_EQ(say(o), ranThrough(1));
  EXPECT_EQ(o.after.xsave[0] | o.after.xsave[1] << 8, 0x37f);
  EXPECT_EQ(o.after.xsave[24] | o.after.xsave[25] << 8, 0x1f80);
  for (unsigned i = 32; i < 416; ++i) ASSERT_EQ(o.after.xsave[i], 0) << i;
}

TEST(HostState, NothingIsLeftForTheNextCase) {
  Case busy = makeCase(World::User64, {0x90});
  fillGprs(busy, ~u64{0});
  for (unsigned i = 32; i < 832; ++i) busy.start.xsave[i] = 0x99;
  std::memset(busy.start.xsave.data() + 512, 0, 64);
  busy.start.xsave[512] = 7;
  busy.start.segment[kSegFs] = userSegment(kTlsLow);
  busy.start.rflags |= kFlagAc | kFlagNt | kFlagDf;
  const Case plain = makeCase(World::User64, {0x90});
  const Case cases[] = {plain, busy, plain};
  Outcome outcomes[3];
  ASSERT_TRUE(host().run(cases, outcomes));
  EXPECT_EQ(outcomes[0].after, outcomes[2].after);
}

TEST(HostState, LoadsSegmentsAsTheCodeDoes) {
  // mov fs, ax of each small descriptor; then a selector whose RPL is lower, a code segment, and null.
  const auto fsAfter = [](u64 selector) {
    const Outcome o = run64({0x8e, 0xe0}, [&](Case& c) { c.start.gpr[kRax] = selector; });
    EXPECT_EQ(say(o), ranThrough(2));
    return o.after.segment[kSegFs];
  };
  EXPECT_EQ(fsAfter(kTlsLow), userSegment(kTlsLow));
  EXPECT_EQ(fsAfter(kTlsExpandDown), userSegment(kTlsExpandDown));
  SegmentRegister low = userSegment(kUserData);
  low.selector = 0x28;
  EXPECT_EQ(fsAfter(0x28), low);
  EXPECT_EQ(fsAfter(kUserCode32), userSegment(kUserCode32));
  EXPECT_FALSE(fsAfter(2).usable());
}

TEST(HostState, ChangesBetweenWidths) {
  // jmp far 33h:10000007 out of compatibility mode, then a 64-bit MOV.
  const Bytes code{0xea, 0x07, 0, 0, 0x10, 0x33, 0, 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8};
  const Outcome o = run32(code);
  EXPECT_EQ(say(o), ranThrough(code.size()));
  EXPECT_EQ(o.after.gpr[kRax], 0x0807060504030201u);
  EXPECT_EQ(o.after.segment[kSegCs], userSegment(kUserCode64));
}

}  // namespace
}  // namespace duet::diff::test
