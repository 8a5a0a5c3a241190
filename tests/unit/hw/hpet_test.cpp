// Against the IA-PC HPET specification 1.0a.
#include "hw/timer/hpet.h"

#include <gtest/gtest.h>

#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct HpetTest : ::testing::Test {
  ManualTime time;
  RecordingSink isa, router;
  bool pitConnected = false;
  Hpet hpet{IrqLine(isa, 0),
            IrqLine(isa, 8),
            {IrqLine(router, 20), IrqLine(router, 21), IrqLine(router, 22), IrqLine(router, 23)},
            time.timers,
            [this](bool connected) { pitConnected = connected; }};
  u64 get(u64 offset, unsigned size = 8) { return hpet.read(0, offset, size); }
  void set(u64 offset, u64 value, unsigned size = 8) { hpet.write(0, offset, size, value); }
};

TEST_F(HpetTest, CapabilitiesAndCounter) {
  EXPECT_EQ(get(0) >> 32, 10'000'000u);  // femtoseconds
  EXPECT_EQ(get(0, 4), 0x8086a201u);
  time.advance(1'000'000);
  EXPECT_EQ(get(0xf0), 0u);
  set(0xf0, 500);
  set(0x10, 1);
  time.advance(1'000'000);
  EXPECT_EQ(get(0xf0), 100'500u);
  EXPECT_EQ(get(0xf0, 4), 100'500u);
  set(0xf0, 7);  // running: not writable
  EXPECT_EQ(get(0xf0), 100'500u);
  set(0x10, 0);
  time.advance(1'000'000);
  EXPECT_EQ(get(0xf0), 100'500u);
}

TEST_F(HpetTest, OneShotOnAnIoApicPin) {
  set(0x140, 21u << 9 | 1u << 2);
  set(0x148, 1000);
  set(0x10, 1);
  time.advance(9'990);
  EXPECT_EQ(router.rises[21], 0u);
  time.advance(10);
  EXPECT_EQ(router.rises[21], 1u);
  time.advance(1'000'000'000);
  EXPECT_EQ(router.rises[21], 1u);
}

TEST_F(HpetTest, LegacyPeriodicAsKernelsSetItUp) {
  hpet.setIrqLevel(Hpet::kPitPin, true);
  EXPECT_TRUE(isa.levels[0]);
  set(0x10, 3);
  EXPECT_FALSE(isa.levels[0]);  // the 8254 is disconnected
  isa.rises[0] = 0;
  hpet.setIrqLevel(Hpet::kPitPin, false);
  hpet.setIrqLevel(Hpet::kPitPin, true);
  EXPECT_EQ(isa.rises[0], 0u);
  set(0x100, 1u << 2 | 1u << 3 | 1u << 6 | 1u << 8, 4);
  set(0x108, get(0xf0, 4) + 100'000, 4);
  set(0x108, 100'000, 4);  // VAL_SET is gone: this is the period
  time.advance(10'000'000);
  EXPECT_EQ(isa.rises[0], 10u);
  set(0x10, 1);
  EXPECT_TRUE(isa.levels[0]);
}

// LEG_RT_CNF (2.3.5): the 8254 no longer interrupts.
TEST_F(HpetTest, TellsWhetherThe8254IsConnected) {
  EXPECT_TRUE(pitConnected);
  set(0x10, 3);
  EXPECT_FALSE(pitConnected);
  const std::vector<u8> legacy = hpet.saveState();
  set(0x10, 1);
  EXPECT_TRUE(pitConnected);
  ASSERT_TRUE(hpet.loadState(legacy, hpet.stateVersion()));
  EXPECT_FALSE(pitConnected);
  hpet.reset();
  EXPECT_TRUE(pitConnected);
}

TEST_F(HpetTest, LevelTriggeredUntilCleared) {
  set(0x120, 22u << 9 | 1u << 2 | 1u << 1);
  set(0x128, 10);
  set(0x10, 1);
  time.advance(200);
  EXPECT_TRUE(router.levels[22]);
  EXPECT_EQ(get(0x20), 2u);
  set(0x20, 2);
  EXPECT_FALSE(router.levels[22]);
}

TEST_F(HpetTest, ReadsBackWhatItTakes) {
  set(0x100, 5u << 9 | 1u << 2);  // no timer can reach input 5
  EXPECT_EQ(get(0x100), 0x00f00000'00000034u);
  set(0x100, 20u << 9 | 1u << 3 | 1u << 6);
  EXPECT_EQ(get(0x100), 0x00f00000'00002838u);  // VAL_SET is write-only
}

// 2.3.9.2.2: the accumulator goes on whether or not Tn_INT_ENB_CNF is set; but no host timer is needed for that.
TEST_F(HpetTest, PeriodicWithoutInterruptGoesOnUnheard) {
  set(0x140, 20u << 9 | 1u << 3 | 1u << 6 | 1u << 8);
  set(0x148, 10'000);
  set(0x10, 1);
  EXPECT_EQ(time.timers.nextDeadline(), INT64_MAX);
  time.advance(250'000);
  EXPECT_EQ(get(0x148), 30'000u);
  ASSERT_TRUE(hpet.loadState(hpet.saveState(), hpet.stateVersion()));
  EXPECT_EQ(get(0x148), 30'000u);
  time.advance(60'000'000'000);  // the 32 bits wrap meanwhile
  EXPECT_EQ(get(0x148), 6'000'030'000u & 0xffffffff);
  EXPECT_EQ(router.rises[20], 0u);
  set(0x140, 20u << 9 | 1u << 2 | 1u << 3 | 1u << 8);
  time.advance(250'000);
  EXPECT_EQ(router.rises[20], 3u);
  set(0x140, 20u << 9 | 1u << 3 | 1u << 8);
  EXPECT_EQ(time.timers.nextDeadline(), INT64_MAX);
}

TEST_F(HpetTest, ShortestPeriodDoesNotStorm) {
  set(0x140, 20u << 9 | 1u << 2 | 1u << 3 | 1u << 6);
  set(0x148, 1);
  set(0x10, 1);
  time.advance(1'000'000);
  EXPECT_LE(router.rises[20], 52u);
  EXPECT_GE(router.rises[20], 40u);
}

}  // namespace
}  // namespace duet::hw
