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

}  // namespace
}  // namespace duet::test
