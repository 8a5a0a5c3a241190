// Stacks of regions, which remember where the stack lay last.
#include <gtest/gtest.h>

#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

// Down over three pages and up again. The pages lie apart in RAM, in another order.
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
    for (u64 page = 0; page < 4; ++page)
      m.putWord<u64>(0x14000 + 8 * page, (0x300000 + (3 - page) * 0x2000) | 7);
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
