// Blocks that others fall into, once they are entered from elsewhere: what is looked at on the way in is made then.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u8 kDecrement = 0xc8;

class WaysIn : public testing::Test {
 protected:
  void SetUp() override {
    // back: call rdi; mov [rdi+2],dl or not; dec rbx; jnz back; hlt
    m_.put(kCode, {0xff, 0xd7, 0x48, 0xff, 0xcb, 0x75, 0xf9, 0xf4});
    m_.put(kCode + 0x40, {0xff, 0xd7, 0x88, 0x57, 0x02, 0x48, 0xff, 0xcb, 0x75, 0xf6, 0xf4});
  }
  // Calls `target` in compiled code; DL is written to its third byte after each call, if `writes`.
  void call(u64 target, u64 times, bool writes) {
    CpuState s = m_.longMode();
    s.rip = writes ? kCode + 0x40 : kCode;
    s.gpr[kRcx] = 1000;
    s.gpr[kRdi] = target;
    s.gpr[kRbx] = times;
    s.gpr[kRdx] = kDecrement;
    m_.load(s);
    ASSERT_EQ(m_.run().reason, ExitReason::Halt);
  }
  u64 compiled() { return number(m_, "blocks compiled"); }

  BaselineRig m_{{.threshold = 2}};
};

// kData: dec rcx; jz out; inc rax; ret; out: ret
TEST_F(WaysIn, AreMadeForWhoJumpsIntoTheMiddleOfAUnit) {
  constexpr u64 kSecond = kData + 5;
  m_.put(kData, {0x48, 0xff, 0xc9, 0x74, 0x04, 0x48, 0xff, 0xc0, 0xc3, 0xc3});
  for (int i = 0; i < 2; ++i) call(kData, 10, false);  // HLT, too, has code then
  EXPECT_EQ(m_.state().gpr[kRax], 10u);
  const u64 before = compiled(), interpreted = number(m_, "blocks interpreted");
  call(kSecond, 10, false);
  EXPECT_EQ(m_.state().gpr[kRax], 10u);
  EXPECT_EQ(compiled(), before) << "it has code";
  EXPECT_EQ(number(m_, "blocks interpreted"), interpreted);
  call(kSecond, 10, true);
  EXPECT_EQ(m_.state().gpr[kRax], u64{0} - 8) << "INC once, then DEC";
}

// Each jump back into the middle looks whether it may.
class WaysInFromBehind : public WaysIn {
 protected:
  // kData: dec rcx; jz out; again: inc rax; test rdx,rdx; jnz behind; jmp kData; out: hlt; behind: jmp again
  CpuState rounds(u64 rdx) {
    CpuState s = m_.longMode();
    s.rip = kData;
    s.gpr[kRcx] = 20;
    s.gpr[kRdx] = rdx;
    return s;
  }
  void SetUp() override {
    m_.put(kData, {0x48, 0xff, 0xc9, 0x74, 0x0a, 0x48, 0xff, 0xc0, 0x48, 0x85, 0xd2, 0x75, 0x03, 0xeb, 0xf1,
                   0xf4, 0xeb, 0xf3});
    m_.load(rounds(0));
    ASSERT_EQ(m_.run().reason, ExitReason::Halt);
    ASSERT_EQ(m_.state().gpr[kRax], 19u);
  }
};

TEST_F(WaysInFromBehind, KeepToTheBudget) {
  using tcg::baseline::kSlack;
  for (const u64 budget : {u64{50}, 2 * kSlack, 3 * kSlack + 1, 10 * kSlack + 2, 10 * kSlack + 3}) {
    m_.load(rounds(1));
    const VcpuExit exit = m_.run(budget);
    EXPECT_EQ(exit.reason, ExitReason::Budget);
    EXPECT_EQ(exit.instructions, budget);
    EXPECT_EQ(m_.state().gpr[kRax], (budget - 2 + 3) / 4);
  }
}

TEST_F(WaysInFromBehind, SeeMail) {
  m_.load(rounds(1));
  EXPECT_EQ(runUntilMail(m_).reason, ExitReason::Cancelled);
}

}  // namespace
}  // namespace duet::test
