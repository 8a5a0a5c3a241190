// A busy PC whose engine changes under it: two translators of their own, so that whatever one of them keeps to itself is lost.
#include "tests/contract/machine/busy_pc.h"

namespace duet::test {
namespace {

TEST(Switch, UnderTwoBusyProcessors) {
  BusyPc pc;
  pc.machine.resume();
  for (unsigned round = 0; round < 100; ++round) {
    ASSERT_TRUE(pc.machine.switchEngine());
    std::this_thread::sleep_for(std::chrono::microseconds(round * 20));
  }
  pc.machine.pause();
  expectConsistent(pc);
  ASSERT_TRUE(goOn(pc)) << "nothing is lost that wakes them";
}

TEST(Switch, BetweenTheirTurns) {
  BusyPc pc;
  for (unsigned round = 0; round < 20; ++round) {
    ASSERT_TRUE(goOn(pc)) << round;
    expectConsistent(pc);
    const Counters before(pc);
    ASSERT_TRUE(pc.machine.switchEngine());
    EXPECT_EQ(Counters(pc).shared, before.shared);
  }
}

// More than a timer's handler takes, since its next interrupt has come when it ends, and fewer than a turn of the loop.
TEST(Switch, AfterEveryFewInstructions) {
  BusyPc pc;
  ASSERT_TRUE(pc.machine.switchEvery({.instructions = 11}));
  const Counters before(pc);
  std::thread watch([&] {
    const auto start = std::chrono::steady_clock::now();
    for (bool done = false; !done;) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      pc.machine.call([&] {
        done = pc.machine.switchTimes().count >= 300 ||
               std::chrono::steady_clock::now() - start > std::chrono::seconds(60);
      });
    }
    pc.machine.requestEnd({});
  });
  pc.machine.resume();
  pc.machine.runUntilEnd();
  watch.join();
  const Counters after(pc);
  EXPECT_GT(after.own1 - before.own1, 5u);
  EXPECT_NE(after.own2, before.own2);
  EXPECT_NE(after.ipis, before.ipis);
  EXPECT_NE(after.ticks, before.ticks);
  expectConsistent(pc);
  EXPECT_GE(pc.machine.switchTimes().count, 300u);
}

// What has come for a processor that waits for a SIPI is heard under the other engine (SDM vol. 3 9.4.4).
TEST(Switch, WithASipiOnItsWay) {
  BusyPc pc;
  CpuState waiting = resetState(false);
  ASSERT_TRUE(pc.machine.writeVcpuState(1, waiting));
  pc.memory.store(Gpa(0x7000), u32{0xfeebf4fa});  // cli; hlt; jmp to itself
  pc.board.mailbox(1).postSipi(0x07);
  ASSERT_TRUE(pc.machine.switchEngine());
  CpuState now;
  const auto start = std::chrono::steady_clock::now();
  do {
    pc.machine.resume();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    pc.machine.pause();
    pc.machine.vcpu(1).saveState(now);
  } while (now.activity != Activity::Halted &&
           std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
  EXPECT_EQ(now.activity, Activity::Halted);
  EXPECT_EQ(now.segment[kSegCs].selector, 0x700);
  EXPECT_EQ(now.rip, 2u);
}

// Programs change in memory while the other engine runs them: nothing decoded before counts afterwards.
TEST(Switch, CodeThatHasChangedMeanwhile) {
  BusyPc pc;
  ASSERT_TRUE(goOn(pc));
  ASSERT_TRUE(pc.machine.switchEngine());
  // As a KVM guest writes it: no engine and no memory view hears of it. The first one's INC of its counter becomes DEC.
  u8* own = pc.main->host + kFirst + 48;
  ASSERT_EQ(own[0], 0xff);
  own[1] = 0x0d;
  ASSERT_TRUE(pc.machine.switchEngine());
  const u32 before = pc.word(kOwn1);
  pc.machine.resume();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  pc.machine.pause();
  EXPECT_LT(static_cast<i32>(pc.word(kOwn1) - before), 0);
}

}  // namespace
}  // namespace duet::test
