// The 8254 when an engine has its part (8254 datasheet for what the counters are at).
#include <gtest/gtest.h>

#include "hw/timer/pit8254.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct RecordingPit final : EnginePit {
  PitImage image;
  std::vector<bool> connections;
  void setPit(const PitImage& i) override { image = i; }
  PitImage takePit() override { return image; }
  void connectPit(bool connected) override { connections.push_back(connected); }
};

struct EngineWithPit final : EngineWires {
  RecordingPit pitPart;
  bool hasPit = true;
  void setPicPin(unsigned, bool) override {}
  void setIoApicPin(unsigned, bool) override {}
  void setPic(const PicImage&) override {}
  PicImage pic() override { return {}; }
  void setIoApic(const IoApicImage&) override {}
  IoApicImage ioApic() override { return {}; }
  EnginePit* timer() override { return hasPit ? &pitPart : nullptr; }
};

struct PitHandOver : ::testing::Test {
  ManualTime time;
  RecordingSink irq;
  EngineWithPit engine;
  RecordingPit& kernel = engine.pitPart;
  Pit8254 pit{IrqLine(irq, 0), time.timers};

  void program(unsigned channel, u8 mode, u16 count) {
    pit.write(0, 3, 1, channel << 6 | 0x30 | mode << 1);
    pit.write(0, channel, 1, count & 0xff);
    pit.write(0, channel, 1, count >> 8);
    irq.rises[0] = 0;
  }
  void advanceTicks(u64 n) { time.advance(pitTime(n)); }
  u16 latched(unsigned channel) {
    pit.write(0, 3, 1, channel << 6);
    const u16 low = static_cast<u16>(pit.read(0, channel, 1));
    return static_cast<u16>(low | pit.read(0, channel, 1) << 8);
  }
  u8 status(unsigned channel) {
    pit.write(0, 3, 1, 0xe0 | 2u << channel);
    return static_cast<u8>(pit.read(0, channel, 1));
  }
  void keepAll() {
    for (PitChannelImage& c : kernel.image.channels) c.programmed = false;
  }
};

TEST_F(PitHandOver, TellsWhatTheCountersAreAt) {
  pit.write(1, 0, 1, 3);  // gate, speaker
  program(0, 2, 1193);
  program(2, 0, 5000);
  advanceTicks(3001);
  pit.write(0, 3, 1, 0x80);  // latch counter 2
  (void)pit.read(0, 2, 1);
  pit.write(0, 0, 1, 0x34);  // the low byte of a new count
  pit.handOver(&engine);
  const auto& [zero, one, two] = kernel.image.channels;
  EXPECT_EQ(zero.mode, 2);
  EXPECT_EQ(zero.access, 3);
  EXPECT_EQ(zero.count, 1193u);
  EXPECT_TRUE(zero.counting);
  EXPECT_TRUE(zero.writeHigh);
  EXPECT_EQ(zero.writeLow, 0x34);
  EXPECT_EQ(pitTicks(zero.elapsed) % 1193, 3000u % 1193);
  EXPECT_FALSE(one.counting) << "it was never loaded";
  EXPECT_EQ(two.mode, 0);
  EXPECT_EQ(two.count, 5000u);
  EXPECT_TRUE(two.gate);
  EXPECT_EQ(two.latchedBytes, 1);
  EXPECT_EQ(two.latch, 2000);
  EXPECT_EQ(kernel.image.port61, 3);
  EXPECT_TRUE(kernel.image.connected);
}

TEST_F(PitHandOver, StandsStillMeanwhile) {
  program(0, 2, 1193);
  pit.handOver(&engine);
  EXPECT_FALSE(irq.levels[0]) << "the engine's drives the same input";
  advanceTicks(20000);
  EXPECT_EQ(irq.rises[0], 0u);
}

// What the guest has not touched goes on by its own reckoning, to the tick.
TEST_F(PitHandOver, GoesOnWhereItWouldBe) {
  program(0, 2, 1193);
  program(1, 3, 4000);
  program(2, 1, 700);
  advanceTicks(500);
  Pit8254 other(IrqLine(irq, 1), time.timers);
  ASSERT_TRUE(other.loadState(pit.saveState(), pit.stateVersion()));
  pit.handOver(&engine);
  keepAll();
  advanceTicks(2500);
  pit.handOver(nullptr);
  for (const unsigned channel : {0u, 1u, 2u})
    EXPECT_EQ(latched(channel), [&] {
      other.write(0, 3, 1, channel << 6);
      const u64 low = other.read(0, channel, 1);
      return low | other.read(0, channel, 1) << 8;
    }()) << channel;
  irq.rises[0] = irq.rises[1] = 0;
  advanceTicks(1193 * 10);
  EXPECT_EQ(irq.rises[0], 10u);
  EXPECT_EQ(irq.rises[1], 10u);
}

TEST_F(PitHandOver, TakesOverWhatTheGuestProgrammed) {
  advanceTicks(50000);
  pit.write(1, 0, 1, 0x0c);
  pit.handOver(&engine);
  keepAll();
  kernel.image.channels[0] = {.mode = 3, .counting = true, .count = 11932, .elapsed = pitTime(1000)};
  kernel.image.channels[2] = {
      .mode = 0, .access = 1, .gate = true, .counting = true, .count = 200, .elapsed = pitTime(100)};
  kernel.image.port61 = 1;
  pit.handOver(nullptr);
  EXPECT_EQ(latched(0), 11932 - 2 * 1000);  // mode 3 counts by twos
  EXPECT_EQ(status(0), 0xb6);
  pit.write(0, 3, 1, 0x80);
  EXPECT_EQ(pit.read(0, 2, 1), 100u);
  EXPECT_EQ(pit.read(1, 0, 1) & 0x0f, 0x0du) << "bits 3:2 are only here";
  EXPECT_FALSE(pit.read(1, 0, 1) & 0x20);
  advanceTicks(101);
  EXPECT_TRUE(pit.read(1, 0, 1) & 0x20) << "OUT of counter 2";
  irq.rises[0] = 0;
  advanceTicks(11932 * 5);
  EXPECT_EQ(irq.rises[0], 5u);
}

TEST_F(PitHandOver, BytesOnTheirWayGoAlong) {
  program(0, 2, 0x1234);
  pit.handOver(&engine);
  keepAll();
  PitChannelImage& zero = kernel.image.channels[0];
  zero.latch = 0xabcd;
  zero.latchedBytes = 1;
  zero.readHigh = true;
  zero.writeHigh = true;
  zero.writeLow = 0x10;
  zero.statusLatched = true;
  zero.status = 0x34;
  pit.handOver(nullptr);
  EXPECT_EQ(pit.read(0, 0, 1), 0x34u);
  EXPECT_EQ(pit.read(0, 0, 1), 0xabu);
  pit.write(0, 0, 1, 0x00);  // the new count is 10h, after this period
  advanceTicks(0x1234);
  irq.rises[0] = 0;
  advanceTicks(0x1000);
  EXPECT_GT(irq.rises[0], 2u);
}

// The thread of the timers may be late, and cannot come later.
TEST_F(PitHandOver, EdgesThatAreDueComeBefore) {
  program(0, 2, 1193);
  time.clock.advanceTo(pitTime(1193 * 3 + 10));
  EXPECT_EQ(irq.rises[0], 0u);
  pit.handOver(&engine);
  EXPECT_EQ(irq.rises[0], 3u);
}

TEST_F(PitHandOver, AnEngineWithoutOneLeavesItHere) {
  engine.hasPit = false;
  program(0, 2, 1193);
  pit.handOver(&engine);
  advanceTicks(11931);
  EXPECT_EQ(irq.rises[0], 10u);
  pit.handOver(nullptr);
  advanceTicks(11930);
  EXPECT_EQ(irq.rises[0], 20u);
}

TEST_F(PitHandOver, TheEngineHearsWhetherItsInterruptIsWanted) {
  pit.setConnected(false);
  EXPECT_TRUE(kernel.connections.empty());
  pit.handOver(&engine);
  EXPECT_FALSE(kernel.image.connected);
  pit.setConnected(true);
  EXPECT_EQ(kernel.connections, std::vector<bool>{true});
  pit.handOver(nullptr);
  pit.setConnected(false);
  EXPECT_EQ(kernel.connections.size(), 1u);
}

}  // namespace
}  // namespace duet::hw
