// Ticks to nanoseconds as guests of KVM reckon (struct pvclock_vcpu_time_info), against exact arithmetic.
#include "core/time/tsc_scale.h"

#include <gtest/gtest.h>

namespace duet {
namespace {

constexpr u64 kSecond = 1'000'000'000;
constexpr u64 kFrequencies[] = {133'333'333,   800'000'000,   999'999'999,   1'000'000'000,
                                1'000'000'001, 1'999'999'999, 2'000'000'000, 2'000'000'001,
                                2'494'123'457, 2'999'998'000, 4'000'000'001, 5'700'000'000};

TEST(TscScale, KnownRates) {
  EXPECT_EQ(TscScale::of(kSecond).multiplier, 0x80000000u);
  EXPECT_EQ(TscScale::of(kSecond).shift, 1);
  EXPECT_EQ(TscScale::of(2 * kSecond).multiplier, 0x80000000u);
  EXPECT_EQ(TscScale::of(2 * kSecond).shift, 0);
  EXPECT_EQ(TscScale::of(3 * kSecond).multiplier, 0xaaaaaaabu);  // 2/3
  EXPECT_EQ(TscScale::of(3 * kSecond).shift, -1);
  EXPECT_EQ(TscScale::of(kSecond / 2).multiplier, 0x80000000u);
  EXPECT_EQ(TscScale::of(kSecond / 2).shift, 2);
}

// A year: the error is the multiplier's rounding, 2^-32 of the time at most, and what the shift drops.
TEST(TscScale, DriftsLessThanTenMicrosecondsADay) {
  for (const u64 hertz : kFrequencies) {
    const TscScale scale = TscScale::of(hertz);
    EXPECT_TRUE(scale.multiplier & 0x80000000) << hertz;
    for (const u64 seconds : {u64{1}, u64{86400}, u64{365 * 86400}}) {
      const i64 error =
          static_cast<i64>(scale.nanoseconds(hertz * seconds)) - static_cast<i64>(seconds * kSecond);
      EXPECT_LE(std::abs(error), static_cast<i64>(seconds * kSecond >> 32) + 2) << hertz << ' ' << seconds;
    }
  }
}

TEST(TscScale, NeverGoesBack) {
  for (const u64 hertz : kFrequencies) {
    const TscScale scale = TscScale::of(hertz);
    u64 before = 0;
    for (u64 ticks = 0; ticks < 5000; ++ticks) {
      const u64 now = scale.nanoseconds((u64{1} << 52) + ticks);
      EXPECT_GE(now, before);
      before = now;
    }
  }
}

TEST(TscLine, BeginsWhereItSays) {
  const TscLine line{1000, 77};
  EXPECT_EQ(line.at(1000, TscScale::of(2 * kSecond)), 77u);
  EXPECT_EQ(line.at(3000, TscScale::of(2 * kSecond)), 1077u);
  EXPECT_EQ(line.at(999, TscScale::of(2 * kSecond)), 77u);
}

}  // namespace
}  // namespace duet
