// Stacks of regions, which remember where the stack lay last.
#include <gtest/gtest.h>

#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

// Down over three pages and up again.
TEST(RegionStack, GoesOverPages) {
  constexpr u32 kPushes = 1500;
  for (const u64 odd : {0u, 4u}) {
    RegionRig m;
    // mov ecx,kPushes; down: push rcx; dec ecx; jnz down; mov ecx,kPushes; up: pop rdx; lea rax,[rax+rax*2]; add rax,rdx; dec ecx;
    // jnz up; hlt
    m.put(kCode, {0xb9, 0,    0,    0,    0,    0x51, 0xff, 0xc9, 0x75, 0xfb, 0xb9, 0,    0,    0,
                  0,    0x5a, 0x48, 0x8d, 0x04, 0x40, 0x48, 0x01, 0xd0, 0xff, 0xc9, 0x75, 0xf4, 0xf4});
    m.putWord<u32>(kCode + 1, kPushes);
    m.putWord<u32>(kCode + 11, kPushes);
    CpuState s = m.longMode();
    mapApart(m);
    s.gpr[kRsp] = kData + 0x3000 + odd;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
    u64 expected = s.gpr[kRax];
    for (u64 n = 1; n <= kPushes; ++n) expected = 3 * expected + n;
    EXPECT_EQ(m.state().gpr[kRax], expected);
    EXPECT_EQ(m.state().gpr[kRsp], s.gpr[kRsp]);
    EXPECT_GE(m.regions->counts().installed, 2u);
  }
}

// A short range and a long one share what is remembered: the long one ends in the next page first.
TEST(RegionStack, LongRangesEndBeforeShortOnes) {
  constexpr u64 kRounds = 1000;
  for (const u64 first : {kData + 0x800, kData + 0x801}) {
    RegionRig m;
    // back: pop rdx; add rax,rdx; test dl,1; jz on; nop; on: mov rdx,[rsp+38h]; add rax,rdx; mov rdx,[rsp]; lea rax,[rax+rdx*2];
    // dec ecx; jnz back; hlt
    m.put(kCode,
          {0x5a, 0x48, 0x01, 0xd0, 0xf6, 0xc2, 0x01, 0x74, 0x01, 0x90, 0x48, 0x8b, 0x54, 0x24, 0x38, 0x48,
           0x01, 0xd0, 0x48, 0x8b, 0x14, 0x24, 0x48, 0x8d, 0x04, 0x50, 0xff, 0xc9, 0x75, 0xe2, 0xf4});
    CpuState s = m.longMode();
    mapApart(m);
    const auto number = [](u64 word) { return (word + 1) * 0x9e3779b97f4a7c15; };
    for (u64 at = kData; at < kData + 0x4000; at += 8) m.putWord<u64>(placeInRam(at), number(at));
    s.gpr[kRsp] = first;
    s.gpr[kRax] = 0;
    s.gpr[kRcx] = kRounds;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
    const auto value = [&](u64 at) {
      const u64 low = at & ~u64{7};
      return at == low ? number(low) : number(low) >> 8 | number(low + 8) << 56;
    };
    u64 sum = 0;
    for (u64 rsp = first; rsp < first + 8 * kRounds; rsp += 8)
      sum += value(rsp) + value(rsp + 0x40) + 2 * value(rsp + 8);
    EXPECT_EQ(m.state().gpr[kRax], sum);
    EXPECT_GE(m.regions->counts().installed, 2u);
  }
}

TEST(RegionStack, LongStoresEndBeforeShortOnes) {
  constexpr u64 kRounds = 1000;
  RegionRig m;
  // back: push rcx; test cl,1; jz on; nop; on: mov [rsp-40h],rcx; mov [rsp-8],rdx; dec ecx; jnz back; hlt
  m.put(kCode, {0x51, 0xf6, 0xc1, 0x01, 0x74, 0x01, 0x90, 0x48, 0x89, 0x4c, 0x24,
                0xc0, 0x48, 0x89, 0x54, 0x24, 0xf8, 0xff, 0xc9, 0x75, 0xeb, 0xf4});
  CpuState s = m.longMode();
  mapApart(m);
  constexpr u64 kTop = 0x2800, kPattern = 0x5555555555555555;
  s.gpr[kRsp] = kData + kTop;
  s.gpr[kRcx] = kRounds;
  s.gpr[kRdx] = kPattern;
  m.load(s);
  EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().installed, 1u);
  std::vector<u64> expected(4 * kPageSize / 8);
  u64 at = kTop / 8;
  for (u64 n = kRounds; n > 0; --n) {
    expected[--at] = n;
    expected[at - 8] = n;
    expected[at - 1] = kPattern;
  }
  for (u64 word = 0; word < expected.size(); ++word)
    ASSERT_EQ(m.word<u64>(placeInRam(kData + 8 * word)), expected[word]) << word;
}

// What was remembered of a page for reading is not good for writing.
TEST(RegionStack, ReadsDoNotAllowWrites) {
  for (const bool writable : {true, false}) {
    RegionRig m;
    // back: pop rdx; test edx,edx; jz on; nop; on: dec ecx; jz out; push rdx; jmp back; out: hlt
    m.put(kCode, {0x5a, 0x85, 0xd2, 0x74, 0x01, 0x90, 0xff, 0xc9, 0x74, 0x03, 0x52, 0xeb, 0xf3, 0xf4});
    CpuState s = m.longMode();
    m.putWord<u64>(0x14000, kData | (writable ? 7 : 5));
    m.putWord<u64>(kData + 0x100, 0x1234);
    s.gpr[kRsp] = kData + 0x100;
    s.gpr[kRcx] = 100;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, writable ? ExitReason::Halt : ExitReason::Shutdown);
    EXPECT_EQ(m.state().rip, u64{kCode} + (writable ? 14 : 10));
    EXPECT_EQ(m.state().gpr[kRcx], writable ? 0u : 99u);
    EXPECT_EQ(m.state().gpr[kRdx], 0x1234u);
    EXPECT_EQ(m.state().gpr[kRsp], s.gpr[kRsp] + 8);
    EXPECT_GE(m.regions->counts().installed, 1u);
  }
}

}  // namespace
}  // namespace duet::test
