#include <gtest/gtest.h>

#include <atomic>
#include <ctime>
#include <limits>
#include <thread>
#include <vector>

#include "core/time/timer_queue.h"

namespace duet {
namespace {

TEST(CountedClock, TimeIsAFunctionOfInstructions) {
  VirtualClock clock(VirtualClock::Kind::Counted, 2);
  EXPECT_EQ(clock.now(), 0);
  clock.advanceInstructions(10);
  EXPECT_EQ(clock.now(), 40);
  EXPECT_EQ(clock.instructionsUntil(41), 1u);
  EXPECT_EQ(clock.instructionsUntil(45), 2u);
  EXPECT_EQ(clock.instructionsUntil(0), 1u);
  clock.advanceTo(30);
  EXPECT_EQ(clock.now(), 40) << "never back";
}

TEST(HostClock, StandsStillWhileStopped) {
  VirtualClock clock;
  clock.start();
  clock.stop();
  const Nanoseconds frozen = clock.now();
  const u64 tsc = clock.tsc();
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  EXPECT_EQ(clock.now(), frozen);
  EXPECT_EQ(clock.tsc(), tsc);
  clock.start();
  EXPECT_GE(clock.now(), frozen);
  EXPECT_GE(clock.tsc(), tsc);
  EXPECT_LT(clock.now() - frozen, 1'000'000'000) << "the pause must not count";
}

TEST(HostClock, TscIsTheHostsUntilTheFirstPause) {
  VirtualClock clock;
  clock.start();
  EXPECT_EQ(clock.tscOffset(), 0u);
}

TEST(HostClock, ParavirtualTimeIsOneLineThroughPauses) {
  VirtualClock clock;
  EXPECT_EQ(clock.pauses(), 0u);
  clock.start();
  const TscLine line = clock.paravirtualLine();
  EXPECT_EQ(line.time, 0u);
  EXPECT_LT(clock.tsc() - line.tsc, clock.tscFrequency()) << "0 at the start, not at the host's";
  EXPECT_EQ(clock.pauses(), 0u);
  clock.stop();
  const u64 frozen = line.at(clock.tsc(), TscScale::of(clock.tscFrequency()));
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  clock.start();
  EXPECT_EQ(clock.pauses(), 1u);
  EXPECT_EQ(clock.paravirtualLine(), line);
  EXPECT_GE(line.at(clock.tsc(), TscScale::of(clock.tscFrequency())), frozen);
}

TEST(HostClock, ALoadedLineStays) {
  VirtualClock clock;
  clock.setParavirtualLine({5, 6});
  clock.start();
  EXPECT_EQ(clock.paravirtualLine(), (TscLine{5, 6}));
}

TEST(HostClock, CalendarOfTheHost) {
  VirtualClock clock;
  clock.start();
  const u64 before = clock.tsc();
  const auto pair = clock.hostCalendar();
  ASSERT_TRUE(pair);
  EXPECT_GE(pair->tsc, before);
  EXPECT_LE(std::abs(pair->time / 1'000'000'000 - static_cast<i64>(std::time(nullptr))), 1);
  EXPECT_FALSE(VirtualClock(VirtualClock::Kind::Counted).hostCalendar());
}

TEST(TimerQueue, FiresInOrderOfDeadlineThenArming) {
  VirtualClock clock(VirtualClock::Kind::Counted);
  TimerQueue queue(clock);
  std::vector<int> fired;
  Timer a(queue, [&] { fired.push_back(1); }), b(queue, [&] { fired.push_back(2); }),
      c(queue, [&] { fired.push_back(3); });
  a.arm(20);
  b.arm(10);
  c.arm(20);
  EXPECT_EQ(queue.nextDeadline(), 10);
  clock.advanceTo(15);
  queue.runDue();
  EXPECT_EQ(fired, std::vector<int>{2});
  clock.advanceTo(20);
  queue.runDue();
  EXPECT_EQ(fired, (std::vector<int>{2, 1, 3}));
  EXPECT_EQ(queue.nextDeadline(), std::numeric_limits<Nanoseconds>::max());
}

TEST(TimerQueue, RearmReplacesAndCancelStops) {
  VirtualClock clock(VirtualClock::Kind::Counted);
  TimerQueue queue(clock);
  int fired = 0;
  Timer t(queue, [&] { ++fired; });
  t.arm(5);
  t.arm(50);
  clock.advanceTo(10);
  queue.runDue();
  EXPECT_EQ(fired, 0);
  t.cancel();
  EXPECT_FALSE(t.armed());
  clock.advanceTo(100);
  queue.runDue();
  EXPECT_EQ(fired, 0);
}

TEST(TimerQueue, CallbackThatRearmsInThePastDoesNotHang) {
  VirtualClock clock(VirtualClock::Kind::Counted);
  TimerQueue queue(clock);
  int fired = 0;
  Timer* self = nullptr;
  Timer t(queue, [&] {
    ++fired;
    self->arm(0);
  });
  self = &t;
  t.arm(0);
  queue.runDue();
  EXPECT_EQ(fired, 1);
}

TEST(TimerQueue, HostThreadFires) {
  VirtualClock clock;
  TimerQueue queue(clock);
  std::atomic<bool> fired{false};
  Timer t(queue, [&] {
    fired = true;
    fired.notify_all();
  });
  clock.start();
  queue.start();
  t.arm(clock.now() + 1'000'000);
  fired.wait(false);
  EXPECT_TRUE(fired);
}

// A sleeper: its own thread fires what it armed, and the queue's thread does when it is awake again.
TEST(TimerQueue, SleeperFiresItsOwnTimers) {
  VirtualClock clock;
  TimerQueue queue(clock);
  TimerSleeper sleeper(queue);
  std::atomic<std::thread::id> firedOn{};
  Timer t(queue, [&] {
    firedOn = std::this_thread::get_id();
    firedOn.notify_all();
  });
  clock.start();
  queue.start();
  std::thread([&] {
    sleeper.adoptThread();
    const Nanoseconds soon = clock.now() + 1'000'000;
    t.arm(soon);
    EXPECT_EQ(sleeper.fallAsleep(), soon);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(firedOn.load(), std::thread::id{}) << "nobody else does";
    sleeper.fireDue();
    EXPECT_EQ(firedOn.load(), std::this_thread::get_id());
    EXPECT_EQ(sleeper.fallAsleep(), std::numeric_limits<Nanoseconds>::max());
    firedOn = std::thread::id{};
    t.arm(clock.now() + 1'000'000);
    sleeper.awake();
    firedOn.wait(std::thread::id{});
    EXPECT_NE(firedOn.load(), std::this_thread::get_id());
  }).join();
}

// Who sleeps longer than that is not woken for what others arm.
TEST(TimerQueue, TimersOfOthersDoNotNeedTheSleeper) {
  VirtualClock clock;
  TimerQueue queue(clock);
  TimerSleeper sleeper(queue);
  std::atomic<int> fired{0};
  Timer t(queue, [&] {
    ++fired;
    fired.notify_all();
  });
  Timer other(queue, [&] {
    ++fired;
    fired.notify_all();
  });
  clock.start();
  queue.start();
  std::thread([&] {
    sleeper.adoptThread();
    t.arm(clock.now() + 3'600'000'000'000);
    sleeper.fallAsleep();
  }).join();
  other.arm(clock.now() + 1'000'000);
  fired.wait(0);
  t.arm(clock.now() + 1'000'000);
  fired.wait(1);
  EXPECT_EQ(fired, 2);
}

TEST(TimerQueue, DestructorWaitsForARunningCallback) {
  VirtualClock clock;
  TimerQueue queue(clock);
  clock.start();
  queue.start();
  std::atomic<bool> entered{false}, left{false};
  {
    Timer t(queue, [&] {
      entered = true;
      entered.notify_all();
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      left = true;
    });
    t.arm(0);
    entered.wait(false);
  }
  EXPECT_TRUE(left);
}

}  // namespace
}  // namespace duet
