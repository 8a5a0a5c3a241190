// Stores into pages with code, and into pages that had some.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr const char* kLookedAt = "stores into clean pages or pages with code";
constexpr u64 kFew = 20;

TEST(WrittenCode, DataBesideCodeDoesNotReachCpp) {
  BaselineRig m;
  m.load(storesBesideCode(m, 1000));
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000u);
  EXPECT_EQ(m.word<u64>(kData + 0x800), 1u);
  EXPECT_EQ(number(m, "times a store ended a page of code"), 0u);
  EXPECT_LT(number(m, kLookedAt), kFew);
}

// Eight bytes that begin in 64 bytes without code; the last four are MOV EAX,imm32 and most of its immediate.
TEST(WrittenCode, AStoreThatReachesIntoCodeCounts) {
  BaselineRig m;
  // back: mov rax,rcx; shl rax,40; or rax,r8; mov [rbx],rax; call rsi; cmp eax,ecx; jne out; dec rcx; jnz back; out: hlt
  m.put(kCode, {0x48, 0x89, 0xc8, 0x48, 0xc1, 0xe0, 0x28, 0x4c, 0x09, 0xc0, 0x48, 0x89, 0x03,
                0xff, 0xd6, 0x39, 0xc8, 0x75, 0x05, 0x48, 0xff, 0xc9, 0x75, 0xe8, 0xf4});
  m.put(kData + 64, {0xb8, 0, 0, 0, 0, 0xc3});
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData + 60;
  s.gpr[kRsi] = kData + 64;
  s.gpr[kR8] = u64{0xb8} << 32;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRcx], 0u) << "a stale immediate was run";
}

// The stack lies beside the code that is called, by a pointer there: back: call [rbx+400h]; dec rcx; jnz back; hlt. The look at the
// return address must not lose the target.
TEST(WrittenCode, ACallThroughMemoryPushesBesideCode) {
  BaselineRig m;
  m.put(kCode, {0xff, 0x93, 0, 0x04, 0, 0, 0x48, 0xff, 0xc9, 0x75, 0xf5, 0xf4});
  m.put(kData, {0x48, 0xff, 0xc0, 0xc3});
  m.putWord<u64>(kData + 0x400, kData);
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRsp] = kData + 0x800;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000u);
  EXPECT_LT(number(m, kLookedAt), kFew);
}

// A page that had code is data: call rbx (RET); mov byte [rbx],0; back: mov [rbx+800h],rcx; dec rcx; jnz back; hlt
TEST(WrittenCode, APageWithoutCodeIsAPageLikeAnyOther) {
  BaselineRig m;
  m.put(kCode,
        {0xff, 0xd3, 0xc6, 0x03, 0, 0x48, 0x89, 0x8b, 0, 0x08, 0, 0, 0x48, 0xff, 0xc9, 0x75, 0xf4, 0xf4});
  m.put(kData, {0xc3});
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.word<u64>(kData + 0x800), 1u);
  EXPECT_EQ(number(m, "times a store ended a page of code"), 1u);
  EXPECT_LT(number(m, kLookedAt), kFew);
}

}  // namespace
}  // namespace duet::test
