// Against the 8254 and MC146818A datasheets.
#include <gtest/gtest.h>

#include <atomic>
#include <limits>
#include <thread>

#include "hw/timer/acpi_pm_timer.h"
#include "hw/timer/cmos_rtc.h"
#include "hw/timer/pit8254.h"
#include "hw/timer/rtc_base.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

Nanoseconds ticks(u64 n) { return static_cast<Nanoseconds>((n * 1'000'000'000 + kPitHz - 1) / kPitHz); }

struct PitTest : ::testing::Test {
  ManualTime time;
  RecordingSink irq;
  Pit8254 pit{IrqLine(irq, 0), time.timers};

  void program(unsigned channel, u8 mode, u16 count, bool bcd = false) {
    pit.write(0, 3, 1, channel << 6 | 0x30 | mode << 1 | (bcd ? 1 : 0));
    irq.rises[0] = 0;  // the control word itself may raise OUT
    pit.write(0, channel, 1, count & 0xff);
    pit.write(0, channel, 1, count >> 8);
    start = time.clock.now();
  }
  void at(u64 tick) { time.advanceTo(start + ticks(tick + 1) + 1); }  // one clock loads the count
  u16 latched(unsigned channel) {
    pit.write(0, 3, 1, channel << 6);
    const u16 low = static_cast<u16>(pit.read(0, channel, 1));
    return static_cast<u16>(low | pit.read(0, channel, 1) << 8);
  }
  u8 status(unsigned channel) {
    pit.write(0, 3, 1, 0xe0 | 2u << channel);
    return static_cast<u8>(pit.read(0, channel, 1));
  }
  bool out2() { return pit.read(1, 0, 1) & 0x20; }
  Nanoseconds start = 0;
};

TEST_F(PitTest, Mode0InterruptsOnceAndWraps) {
  program(0, 0, 1000);
  EXPECT_EQ(status(0) & 0xbf, 0x30);
  at(400);
  EXPECT_EQ(latched(0), 600);
  EXPECT_EQ(irq.rises[0], 0u);
  at(1000);
  EXPECT_EQ(irq.rises[0], 1u);
  EXPECT_EQ(status(0), 0xb0);
  at(1010);
  EXPECT_EQ(latched(0), 0xfff6);
  at(200000);
  EXPECT_EQ(irq.rises[0], 1u);
}

TEST_F(PitTest, Mode2Periodic) {
  program(0, 2, 1000);
  at(10);
  EXPECT_EQ(latched(0), 990);
  at(999);
  EXPECT_EQ(irq.rises[0], 0u);
  EXPECT_EQ(status(0), 0x34);  // low for the last clock
  at(1000);
  EXPECT_EQ(irq.rises[0], 1u);
  at(100000);
  EXPECT_EQ(irq.rises[0], 100u);
}

TEST_F(PitTest, Mode2NewCountWaitsForThePeriodsEnd) {
  program(0, 2, 1000);
  at(500);
  pit.write(0, 0, 1, 100);
  pit.write(0, 0, 1, 0);
  EXPECT_EQ(latched(0), 500);
  at(1010);
  EXPECT_EQ(latched(0), 90);
}

TEST_F(PitTest, Mode3CountsByTwo) {
  program(2, 3, 1000);
  EXPECT_TRUE(out2());
  pit.write(1, 0, 1, 1);  // gate
  start = time.clock.now();
  at(100);
  EXPECT_EQ(latched(2), 800);
  EXPECT_TRUE(out2());
  at(500);
  EXPECT_FALSE(out2());
  at(600);
  EXPECT_EQ(latched(2), 800);
  at(1000);
  EXPECT_TRUE(out2());
  program(2, 3, 5);
  at(2);
  EXPECT_TRUE(out2());
  at(3);
  EXPECT_FALSE(out2());
  at(5);
  EXPECT_TRUE(out2());
}

TEST_F(PitTest, GatePausesMode0) {
  pit.write(1, 0, 1, 1);
  program(2, 0, 1000);
  at(100);
  pit.write(1, 0, 1, 0);
  at(5000);
  EXPECT_NEAR(latched(2), 900, 1);
  EXPECT_FALSE(out2());
  pit.write(1, 0, 1, 1);
  start = time.clock.now();
  at(905);
  EXPECT_TRUE(out2());
}

TEST_F(PitTest, Mode1And5WaitForTheGate) {
  program(2, 1, 100);
  at(1000);
  EXPECT_TRUE(out2());
  pit.write(1, 0, 1, 1);
  start = time.clock.now();
  at(50);
  EXPECT_FALSE(out2());
  at(100);
  EXPECT_TRUE(out2());
  pit.write(1, 0, 1, 0);
  program(2, 5, 100);
  pit.write(1, 0, 1, 1);
  start = time.clock.now();
  at(99);
  EXPECT_TRUE(out2());
  at(100);
  EXPECT_FALSE(out2());
  at(101);
  EXPECT_TRUE(out2());
}

TEST_F(PitTest, BcdAndByteAccess) {
  program(0, 0, 0x1000, true);
  at(1);
  EXPECT_EQ(latched(0), 0x999);
  at(1001);
  EXPECT_EQ(latched(0), 0x9999);
  pit.write(0, 3, 1, 0x14);  // low byte only, mode 2
  pit.write(0, 0, 1, 0x80);
  start = time.clock.now();
  at(0x10);
  EXPECT_EQ(pit.read(0, 0, 1), 0x70u);
  EXPECT_EQ(pit.read(0, 0, 1), 0x70u);
  EXPECT_EQ(pit.read(0, 3, 1), 0xffu);
}

TEST_F(PitTest, ReadBackLatchesBoth) {
  program(0, 2, 1000);
  at(100);
  pit.write(0, 3, 1, 0xc2);
  at(200);
  EXPECT_EQ(pit.read(0, 0, 1), 0xb4u);
  EXPECT_EQ(pit.read(0, 0, 1), 900u & 0xff);
  EXPECT_EQ(pit.read(0, 0, 1), 900u >> 8);
}

// The thread that programs the counter can be held up at any point, longer than the count lasts.
TEST_F(PitTest, OneShotIsNotLostWhenTimeRunsOnDuringTheWrite) {
  std::atomic<bool> stop{false};
  std::thread running([&] {
    while (!stop) time.clock.advanceTo(time.clock.now() + ticks(50));
  });
  unsigned lost = 0;
  for (unsigned interrupted = 0; interrupted < 100;) {
    const Nanoseconds before = time.clock.now();
    program(0, 4, 100);
    interrupted += time.clock.now() != before;
    lost += time.timers.nextDeadline() == std::numeric_limits<Nanoseconds>::max();
  }
  stop = true;
  running.join();
  EXPECT_EQ(lost, 0u);
}

TEST_F(PitTest, CountOfOneDoesNotStorm) {
  program(0, 2, 1);
  int fired = 0;
  while (time.timers.nextDeadline() <= 1'000'000 && fired < 10000) {
    time.clock.advanceTo(time.timers.nextDeadline());
    time.timers.runDue();
    ++fired;
  }
  EXPECT_LE(fired, 52);
}

struct RtcTest : ::testing::Test {
  ManualTime time;
  RecordingSink irq;
  CmosRtc rtc{{.startSeconds = secondsOf({2024, 2, 29, 23, 59, 58}),
               .memoryBelow4G = 128_MiB,
               .memoryAbove4G = 2_GiB,
               .cpus = 4},
              IrqLine(irq, 8),
              time.timers};
  u8 get(u8 index) {
    rtc.write(0, 0, 1, index);
    return static_cast<u8>(rtc.read(0, 1, 1));
  }
  void set(u8 index, u8 value) {
    rtc.write(0, 0, 1, index);
    rtc.write(0, 1, 1, value);
  }
};

TEST_F(RtcTest, CalendarRollsOverALeapDay) {
  EXPECT_EQ(get(0), 0x58);
  EXPECT_EQ(get(2), 0x59);
  EXPECT_EQ(get(4), 0x23);
  EXPECT_EQ(get(6), 5);  // Thursday
  EXPECT_EQ(get(7), 0x29);
  EXPECT_EQ(get(8), 0x02);
  EXPECT_EQ(get(9), 0x24);
  EXPECT_EQ(get(0x32), 0x20);
  time.advance(2'000'000'000);
  EXPECT_EQ(get(0), 0);
  EXPECT_EQ(get(4), 0);
  EXPECT_EQ(get(7), 1);
  EXPECT_EQ(get(8), 3);
  EXPECT_EQ(get(13), 0x80);
}

TEST_F(RtcTest, BinaryAndTwelveHours) {
  set(11, 0x04);
  EXPECT_EQ(get(4), 0x80 | 11);
  EXPECT_EQ(get(2), 59);
  set(11, 0x02);
  EXPECT_EQ(get(4), 0x23);
}

TEST_F(RtcTest, SetHoldsTheClock) {
  set(11, 0x82);
  set(0, 0x30);
  set(2, 0x15);
  set(4, 0x08);
  set(7, 0x01);
  set(8, 0x12);
  set(9, 0x99);
  set(0x32, 0x19);
  time.advance(5'000'000'000);
  EXPECT_EQ(get(0), 0x30);
  set(11, 0x02);
  time.advance(1'000'000'000);
  EXPECT_EQ(get(0), 0x31);
  EXPECT_EQ(get(9), 0x99);
  EXPECT_EQ(get(0x32), 0x19);
}

TEST_F(RtcTest, UpdateInProgress) {
  time.advanceTo(999'700'000);
  EXPECT_EQ(get(10) & 0x80, 0);
  time.advanceTo(999'800'000);
  EXPECT_EQ(get(10) & 0x80, 0x80);
  time.advanceTo(1'000'000'000);
  EXPECT_EQ(get(10) & 0x80, 0);
}

TEST_F(RtcTest, PeriodicAt1024Hz) {
  set(11, 0x42);
  int count = 0;
  for (int i = 0; i < 1'000'000; i += 100) {
    time.advance(100'000);
    if (irq.levels[8]) {
      ++count;
      EXPECT_EQ(get(12) & 0xc0, 0xc0);
      EXPECT_FALSE(irq.levels[8]);
    }
  }
  EXPECT_NEAR(count, 1024, 1);
}

TEST_F(RtcTest, AlarmAndUpdate) {
  get(12);
  set(1, 0x03);
  set(3, 0x00);
  set(5, 0xff);  // any hour
  set(11, 0x22);
  time.advance(4'900'000'000);
  EXPECT_FALSE(irq.levels[8]);
  time.advance(200'000'000);
  EXPECT_TRUE(irq.levels[8]);
  EXPECT_EQ(get(12) & 0xb0, 0xb0);
  EXPECT_FALSE(irq.levels[8]);
  set(11, 0x12);
  time.advance(1'000'000'000);
  EXPECT_TRUE(irq.levels[8]);
}

TEST_F(RtcTest, MemorySizesAndPersistence) {
  EXPECT_EQ(get(0x15) | get(0x16) << 8, 640);
  EXPECT_EQ(get(0x17) | get(0x18) << 8, 0xffff);
  EXPECT_EQ(get(0x34) | get(0x35) << 8, 112 * 16);
  EXPECT_EQ(get(0x5b) | get(0x5c) << 8, 0x8000);
  EXPECT_EQ(get(0x5f), 3);
  set(0x0f, 0x0a);
  rtc.reset();
  EXPECT_EQ(get(0x0f), 0x0a);
  rtc.write(0, 2, 1, 0x85);
  rtc.write(0, 3, 1, 0x77);
  EXPECT_EQ(rtc.read(0, 3, 1), 0x77u);
}

TEST(RtcBase, Spellings) {
  EXPECT_EQ(rtcBaseSeconds("1970-01-02").value(), 86400);
  EXPECT_EQ(rtcBaseSeconds("2000-03-01T00:00:01").value(), 951868801);
  EXPECT_TRUE(rtcBaseSeconds("utc").has_value());
  EXPECT_TRUE(rtcBaseSeconds("localtime").has_value());
  for (const char* bad :
       {"", "UTC", "2024-13-01", "2023-02-29", "2024-01-01T25:00:00", "2024-01-01 00:00:00", "12"}) {
    EXPECT_FALSE(rtcBaseSeconds(bad).has_value()) << bad;
  }
}

TEST(AcpiPmTimer, RateAndWrap) {
  const AcpiPmTimer timer;
  EXPECT_EQ(timer.value(1'000'000'000), 3579545u);
  EXPECT_EQ(timer.value(5'000'000'000), 5u * 3579545 - 0x1000000);
  const Nanoseconds at = timer.timeOfToggle(3);
  EXPECT_EQ(timer.toggles(at), 3u);
  EXPECT_EQ(timer.toggles(at - 1), 2u);
}

}  // namespace
}  // namespace duet::hw
