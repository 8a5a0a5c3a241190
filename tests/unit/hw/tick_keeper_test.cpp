// A source of edges, a processor that reads its mail or does not, and what arrives.
#include "hw/timer/tick_keeper.h"

#include <gtest/gtest.h>

#include "hw/timer/pit8254.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

// The mail of two processors; the wire leads to the first.
struct Mail : IrqSink {
  u64 unread = 0;
  unsigned edges = 0, merged = 0;
  bool level = false;
  void setIrqLevel(unsigned, bool now) override {
    if (now && !level) {
      ++edges;
      merged += unread & 1;
      unread |= 1;
    }
    level = now;
  }
};

struct TickKeeperTest : ::testing::Test {
  ManualTime time;
  Mail mail;
  TickKeeper keeper{IrqLine(mail, 0), time.timers, [this] { return mail.unread; }};
  void edge() {
    keeper.setIrqLevel(0, false);
    keeper.setIrqLevel(0, true);
  }
  // The processor runs again and looks every 100 us.
  void run(unsigned hundredsOfMicroseconds) {
    for (unsigned i = 0; i < hundredsOfMicroseconds; ++i) {
      mail.unread = 0;
      time.advance(100'000);
    }
  }
};

TEST_F(TickKeeperTest, PassesWhatIsSeen) {
  for (unsigned i = 1; i <= 10; ++i) {
    edge();
    EXPECT_EQ(mail.edges, i);
    mail.unread = 0;
  }
  run(100);
  EXPECT_EQ(mail.edges, 10u);
}

TEST_F(TickKeeperTest, GivesLaterWhatTheProcessorDidNotSee) {
  for (int i = 0; i < 10; ++i) {
    edge();
    time.advance(4'000'000);  // 250 Hz
  }
  EXPECT_EQ(mail.edges, 1u);
  run(5);
  EXPECT_LE(mail.edges, 4u);  // not all at once
  run(50);
  EXPECT_EQ(mail.edges, 10u);
  EXPECT_EQ(mail.merged, 0u);
}

TEST_F(TickKeeperTest, LeavesToTheGuestWhatItSawAndHoldsBack) {
  edge();
  mail.unread = 0;  // looked, interrupts are off
  edge();
  edge();
  EXPECT_EQ(mail.edges, 2u);
  mail.unread = 0;
  run(50);
  EXPECT_EQ(mail.edges, 3u);
}

TEST_F(TickKeeperTest, DoesNotWaitForMailThatIsNotItsOwn) {
  mail.unread = 2;
  edge();
  EXPECT_EQ(mail.edges, 1u);
  mail.unread = 2;
  edge();
  EXPECT_EQ(mail.edges, 2u);
}

TEST_F(TickKeeperTest, KeepsSoManyAndForgetsThemWhenTheSourceIsProgrammedAnew) {
  for (int i = 0; i < 1000; ++i) edge();
  run(500);
  EXPECT_EQ(mail.edges, 1 + TickKeeper::kMostKept);
  mail.edges = 0;
  edge();
  edge();
  EXPECT_EQ(mail.edges, 1u);
  keeper.setIrqLevel(0, false);
  run(50);
  EXPECT_EQ(mail.edges, 1u);
}

TEST_F(TickKeeperTest, ComesToAnEndWithADeafProcessor) {
  edge();
  edge();
  time.advance(1'000'000'000);  // never looks
  EXPECT_EQ(mail.edges, 2u);
  EXPECT_EQ(time.timers.nextDeadline(), INT64_MAX);
}

// The timer thread comes 30 ms late to a timer of 250 Hz: none of the ticks is lost, and the counter is where it belongs.
TEST_F(TickKeeperTest, LateTimerThread) {
  Pit8254 pit(IrqLine(keeper, 0), time.timers);
  constexpr unsigned kCount = 4773;  // 4.0002 ms
  pit.write(0, 3, 1, 0x34);
  mail = {};
  pit.write(0, 0, 1, kCount & 0xff);
  pit.write(0, 0, 1, kCount >> 8);
  run(100);  // to 10 ms
  const unsigned before = mail.edges;
  EXPECT_EQ(before, 2u);
  time.clock.advanceTo(time.clock.now() + 30'000'000);
  time.timers.runDue();
  run(100);  // to 50 ms: the twelfth period is over
  EXPECT_EQ(mail.edges, 12u);
  EXPECT_EQ(mail.merged, 0u);
  pit.write(0, 3, 1, 0);
  const u64 low = pit.read(0, 0, 1), value = low | pit.read(0, 0, 1) << 8;
  const auto tick = static_cast<i64>(static_cast<double>(time.clock.now()) * kPitHz / 1e9);
  EXPECT_NEAR(static_cast<double>(value), static_cast<double>(kCount - (tick - 1) % kCount), 2);
}

}  // namespace
}  // namespace duet::hw
