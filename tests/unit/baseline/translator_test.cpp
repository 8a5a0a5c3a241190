// What the tier promises the run loop: exact budgets, code that changes, code memory that fills up.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

// inc rax; dec rcx; jnz back; hlt
void putLoop(EngineRig& m) { m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4}); }

TEST(Translator, CompilesALoop) {
  BaselineRig m;
  putLoop(m);
  CpuState s = m.longMode();
  s.gpr[kRcx] = 1000;
  m.load(s);
  const VcpuExit exit = m.run();
  EXPECT_EQ(exit.reason, ExitReason::Halt);
  EXPECT_EQ(exit.instructions, 3001u);
  EXPECT_EQ(m.state().gpr[kRax], 1000u);
  EXPECT_GE(m.tier->translated(), 2u);
}

TEST(Translator, LeavesColdBlocksToTheInterpreter) {
  BaselineRig m({.threshold = 100});
  putLoop(m);
  CpuState s = m.longMode();
  s.gpr[kRcx] = 50;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.tier->translated(), 0u);
}

// Every budget ends exactly where it is spent, in the middle of blocks too.
TEST(Translator, BudgetsAreExact) {
  for (u64 budget = 1; budget < 40; ++budget) {
    BaselineRig m;
    putLoop(m);
    CpuState s = m.longMode();
    s.gpr[kRcx] = 1000;
    m.load(s);
    const VcpuExit exit = m.run(budget);
    EXPECT_EQ(exit.reason, ExitReason::Budget);
    EXPECT_EQ(exit.instructions, budget);
    EXPECT_EQ(m.state().gpr[kRax], (budget + 2) / 3);
    EXPECT_EQ(m.state().gpr[kRcx], 1000 - (budget + 1) / 3);
  }
}

// test cl,1; jz past; inc rax; past: inc rbx; dec rcx; jnz back; hlt: two ways through blocks that become one unit.
constexpr u64 kOddSteps = 6, kEvenSteps = 5;

// Budgets below and above what code that jumps forward unchecked may overrun; what is left runs to the end.
TEST(Translator, LargeBudgetsAreExactToo) {
  using tcg::baseline::kSlack;
  for (const u64 budget :
       {kSlack, 2 * kSlack - 1, 2 * kSlack, 2 * kSlack + 1, 3 * kSlack + 4, 5 * kSlack + 2}) {
    BaselineRig m({.threshold = 3});
    m.put(kCode, {0xf6, 0xc1, 0x01, 0x74, 0x03, 0x48, 0xff, 0xc0, 0x48, 0xff, 0xc3, 0x48, 0xff, 0xc9, 0x75,
                  0xf0, 0xf4});
    CpuState s = m.longMode();
    const u64 rounds = 10000;
    s.gpr[kRcx] = rounds;
    m.load(s);
    const VcpuExit exit = m.run(budget);
    EXPECT_EQ(exit.reason, ExitReason::Budget);
    EXPECT_EQ(exit.instructions, budget);
    // Rounds begin with an even count; two of them take 11 steps.
    const u64 pairs = budget / (kOddSteps + kEvenSteps), rest = budget % (kOddSteps + kEvenSteps);
    const u64 steps = rest >= kEvenSteps ? rest - kEvenSteps : rest;
    const bool odd = rest >= kEvenSteps;
    EXPECT_EQ(m.state().gpr[kRbx], 2 * pairs + odd + (steps >= (odd ? 4 : 3)));
    EXPECT_EQ(m.state().gpr[kRax], pairs + (odd && steps >= 3));
    const VcpuExit last = m.run();
    EXPECT_EQ(last.reason, ExitReason::Halt);
    EXPECT_EQ(budget + last.instructions, rounds / 2 * (kOddSteps + kEvenSteps) + 1);
    EXPECT_EQ(m.state().gpr[kRbx], rounds);
    EXPECT_EQ(m.state().gpr[kRax], rounds / 2);
  }
}

// Forward jumps through a page of blocks look at nothing on their way; a mail is seen at the jump back all the same.
TEST(Translator, MailEndsALoopOfForwardJumps) {
  BaselineRig m;
  constexpr unsigned kBlocks = 100;
  for (unsigned i = 0; i < kBlocks; ++i) m.put(kData + 16 * i, {0x48, 0xff, 0xc0, 0xeb, 0x0b});
  m.put(kData + 16 * kBlocks, {0xe9, 0, 0, 0, 0});  // back to the first
  m.putWord<u32>(kData + 16 * kBlocks + 1, static_cast<u32>(-(16 * static_cast<i32>(kBlocks) + 5)));
  CpuState s = m.longMode();
  s.rip = kData;
  m.load(s);
  EXPECT_EQ(runUntilMail(m).reason, ExitReason::Cancelled);
}

// A store into the next instruction of its own block (SDM vol. 3 11.6).
TEST(Translator, StoresIntoTheirOwnBlockCount) {
  BaselineRig m;
  // mov byte [rip+1],42h (the immediate of the next instruction); mov al,0; hlt
  m.put(kCode, {0xc6, 0x05, 0x01, 0, 0, 0, 0x42, 0xb0, 0x00, 0xf4});
  m.load(m.longMode());
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax] & 0xff, 0x42u);
}

// More different code than its memory holds: all of it is dropped, and runs right again.
TEST(Translator, CodeMemoryIsRecycled) {
  BaselineRig m({.codeSize = 32u << 10, .threshold = 1});
  constexpr unsigned kBlocks = 1000;
  for (unsigned i = 0; i < kBlocks; ++i)
    m.put(kData + 16 * i, {0x48, 0xff, 0xc0, 0xeb, 0x0b});  // inc rax; jmp to the next one
  m.put(kData + 16 * kBlocks, {0x48, 0xff, 0xc9, 0x0f, 0x85, 0, 0, 0, 0, 0xf4});  // dec rcx; jnz kData; hlt
  m.putWord<u32>(kData + 16 * kBlocks + 5, static_cast<u32>(-(16 * static_cast<i32>(kBlocks) + 9)));
  CpuState s = m.longMode();
  s.rip = kData;
  s.gpr[kRcx] = 3;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 3u * kBlocks);
  EXPECT_GE(m.tier->translated(), 2u * kBlocks) << "nothing was dropped";
}

// More instructions than the block cache keeps: compiled code that calls handlers has them decoded again. RCL by 1 turns its
// register and CF by one bit (SDM vol. 2), and DEC leaves CF alone.
TEST(Translator, HandlersAreCalledAfterTheirInstructionsHaveGone) {
  BaselineRig m({.threshold = 1});
  constexpr u64 kAt = 0x100000, kRounds = 3;
  constexpr u32 kCount = 2 * tcg::BlockCache::kDefaultInsns / sizeof(tcg::BlockInsn);
  constexpr GprIndex kTurned[] = {kRax, kRdx, kRbx};
  for (u32 i = 0; i < kCount; ++i) m.put(kAt + 3 * i, {0x48, 0xd1, static_cast<u8>(0xd0 + kTurned[i % 3])});
  m.put(kAt + 3 * kCount, {0x48, 0xff, 0xc9, 0x0f, 0x85, 0, 0, 0, 0, 0xf4});  // dec rcx; jnz kAt; hlt
  m.putWord<u32>(kAt + 3 * kCount + 5, static_cast<u32>(-(3 * static_cast<i32>(kCount) + 9)));
  CpuState s = m.longMode();
  s.rip = kAt;
  s.gpr[kRcx] = kRounds;
  u64 value[3] = {1, 0x123456789abcdef0, ~u64{0}}, carry = 0;
  for (unsigned n = 0; n < 3; ++n) s.gpr[kTurned[n]] = value[n];
  for (u64 i = 0; i < kRounds * kCount; ++i) {
    u64& v = value[i % kCount % 3];
    const u64 out = v >> 63;
    v = v << 1 | carry;
    carry = out;
  }
  m.load(s);
  const VcpuExit exit = m.run(kRounds * kCount * 2);
  EXPECT_EQ(exit.reason, ExitReason::Halt);
  EXPECT_EQ(exit.instructions, kRounds * (kCount + 2) + 1);
  for (unsigned n = 0; n < 3; ++n) EXPECT_EQ(m.state().gpr[kTurned[n]], value[n]);
}

}  // namespace
}  // namespace duet::test
