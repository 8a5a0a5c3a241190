// The numbers of -stats, on programs whose numbers are plain to see.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

// inc rax; dec rcx; jnz back; hlt: two blocks of four instructions. The way back and the way on are each missing once, HLT
// has no code.
TEST(Statistics, CountALoop) {
  BaselineRig m;
  m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(number(m, "blocks decoded"), 2u);
  EXPECT_EQ(number(m, "instructions decoded"), 4u);
  EXPECT_EQ(number(m, "blocks compiled"), 2u);
  EXPECT_EQ(number(m, "instructions compiled"), 4u);
  EXPECT_EQ(number(m, "instructions run"), 3001u);
  EXPECT_EQ(number(m, "of them interpreted"), 0u);
  EXPECT_EQ(number(m, "times compiled code was entered"), 2u);
  EXPECT_EQ(number(m, "left at a jump not linked yet"), 1u);
  EXPECT_EQ(number(m, "left by a block-ending handler"), 1u);
  EXPECT_EQ(number(m, "  hlt  (F4)"), 1u);
  EXPECT_EQ(number(m, "  hlt  (F4)", 3), 1u) << "left by";
  EXPECT_EQ(number(m, "code TLB fills, supervisor, pages of 4 KiB"), 1u);
}

// mov rax,[rbx]; mov rax,[rbx+8]; hlt: the first access fills the TLB.
TEST(Statistics, CountTlbFills) {
  BaselineRig m;
  m.put(kCode, {0x48, 0x8b, 0x03, 0x48, 0x8b, 0x43, 0x08, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(number(m, "TLB fills, supervisor, pages of 4 KiB"), 1u);
  EXPECT_EQ(number(m, "  mov =Gv,Ev (8B /r)", 1), 0u) << "it has code of its own";
  EXPECT_EQ(number(m, "  mov =Gv,Ev (8B /r)", 2), 1u) << "the slow path, once";
}

// A store into code that has run, and an access to what is not mapped: #PF, and no handler for it.
TEST(Statistics, CountWrittenCodeAndFaults) {
  BaselineRig m;
  // mov byte [rip+1],90h (the second NOP); nop; nop; mov [rbx],rax
  m.put(kCode, {0xc6, 0x05, 0x01, 0, 0, 0, 0x90, 0x90, 0x90, 0x48, 0x89, 0x03});
  CpuState s = m.longMode();
  s.gpr[kRbx] = 0x500000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
  EXPECT_EQ(number(m, "times a store ended a page of code"), 1u);
  EXPECT_EQ(number(m, "left to look at events or code"), 1u);
  EXPECT_EQ(number(m, "left by a fault"), 1u);
}

TEST(Statistics, CountWhatIsInterpreted) {
  BaselineRig m({.threshold = 100});
  m.put(kCode, {0x90, 0x90, 0xf4});
  m.load(m.longMode());
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(number(m, "of them interpreted"), 3u);
  EXPECT_EQ(number(m, "blocks compiled"), 0u);
}

}  // namespace
}  // namespace duet::test
