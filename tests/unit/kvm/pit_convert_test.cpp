// The 8254 in the kernel's form (<asm/kvm.h>, KVM API 4.71 and 4.72), each direction.
#include <gtest/gtest.h>

#include "cpu-kvm/convert/pit.h"

namespace duet::kvm {
namespace {

constexpr i64 kNow = 5'000'000'000;
constexpr i64 kTick = 838;  // nanoseconds, about

PitImage with(unsigned channel, const PitChannelImage& image) {
  PitImage all;
  all.channels[channel] = image;
  return all;
}

kvm_pit_channel_state given(unsigned channel, const PitChannelImage& image) {
  return toKvm(with(channel, image), kNow).channels[channel];
}

TEST(PitConvert, ARateGenerator) {
  const auto c =
      given(0, {.mode = 2, .access = 3, .counting = true, .count = 11932, .elapsed = 1000 * kTick});
  EXPECT_EQ(c.count, 11932u) << "what it is loaded with again and again";
  EXPECT_EQ(c.mode, 2);
  EXPECT_EQ(c.rw_mode, 3);
  EXPECT_EQ(c.read_state, 3);
  EXPECT_EQ(c.write_state, 3);
  EXPECT_EQ(c.gate, 1);
  EXPECT_EQ(c.count_latched, 0);
  EXPECT_EQ(c.status_latched, 0);
  EXPECT_EQ(c.count_load_time, kNow);
}

// Setting the state starts a counter anew: what ends once is given what it has left.
TEST(PitConvert, WhatEndsOnceEndsInTime) {
  for (const u8 mode : {u8{0}, u8{4}}) {
    const PitChannelImage running{.mode = mode, .counting = true, .count = 5000, .elapsed = 2000 * kTick};
    EXPECT_NEAR(given(0, running).count, 3000, 2);
    EXPECT_NEAR(given(2, running).count, 3000, 2);
    const PitChannelImage spent{.mode = mode, .counting = true, .count = 5000, .elapsed = 6000 * kTick};
    EXPECT_NEAR(given(0, spent).count & 0xffff, 0x10000 - 1000, 2);
    EXPECT_GT(given(0, spent).count, 0x1000'0000u) << "or it would interrupt again";
    EXPECT_EQ(given(2, spent).count, 1u) << "or its OUT would be low again";
  }
  const PitChannelImage hours{
      .mode = 0, .counting = true, .count = 5000, .elapsed = i64{100} * 3600 * 1'000'000'000};
  EXPECT_EQ(given(2, hours).count, 1u);
}

// The guest is about to load it, and nothing may happen before: no tick for minutes.
TEST(PitConvert, ACounterWithoutACount) {
  const auto c = given(0, {.mode = 3, .counting = false, .count = 7});
  EXPECT_GT(c.count, 0x1000'0000u);
  kvm_pit_state2 state{};
  state.channels[0] = c;
  state.channels[0].mode = 2;  // only a control word came
  EXPECT_FALSE(fromKvm(state, kNow).channels[0].counting);
  EXPECT_EQ(fromKvm(state, kNow).channels[0].mode, 2);
}

// 0: nothing; 1: low, 2: high byte; 3: low, then high; 4: high of both (the kernel's RW_STATE numbers).
TEST(PitConvert, BytesOnTheirWay) {
  const auto reading = given(1, {.access = 3, .latch = 0x1234, .latchedBytes = 2});
  EXPECT_EQ(reading.count_latched, 3);
  EXPECT_EQ(reading.latched_count, 0x1234);
  EXPECT_EQ(given(1, {.access = 3, .latchedBytes = 1, .readHigh = true}).count_latched, 2);
  EXPECT_EQ(given(1, {.access = 1, .latchedBytes = 1}).count_latched, 1);
  EXPECT_EQ(given(1, {.access = 2, .latchedBytes = 1}).count_latched, 2);
  EXPECT_EQ(given(1, {.access = 3, .readHigh = true}).read_state, 4);
  EXPECT_EQ(given(1, {.access = 2}).read_state, 2);
  const auto writing = given(1, {.access = 3, .writeHigh = true, .writeLow = 0x77});
  EXPECT_EQ(writing.write_state, 4);
  EXPECT_EQ(writing.write_latch, 0x77);
  const auto status = given(1, {.status = 0xb4, .statusLatched = true});
  EXPECT_EQ(status.status, 0xb4);
  EXPECT_EQ(status.status_latched, 1);
}

TEST(PitConvert, Flags) {
  PitImage image;
  EXPECT_EQ(toKvm(image, 0).flags, 0u);
  image.port61 = 3;
  EXPECT_EQ(toKvm(image, 0).flags, u32{KVM_PIT_FLAGS_SPEAKER_DATA_ON});
  image.connected = false;
  EXPECT_EQ(toKvm(image, 0).flags, u32{KVM_PIT_FLAGS_SPEAKER_DATA_ON | KVM_PIT_FLAGS_HPET_LEGACY});
  kvm_pit_state2 state{};
  state.flags = KVM_PIT_FLAGS_HPET_LEGACY;
  state.channels[2].gate = 1;
  EXPECT_FALSE(fromKvm(state, 0).connected);
  EXPECT_EQ(fromKvm(state, 0).port61, 1);
  state.flags = KVM_PIT_FLAGS_SPEAKER_DATA_ON;
  state.channels[2].gate = 0;
  EXPECT_TRUE(fromKvm(state, 0).connected);
  EXPECT_EQ(fromKvm(state, 0).port61, 2);
}

TEST(PitConvert, BackAgain) {
  for (u8 access = 1; access <= 3; ++access)
    for (u8 mode = 0; mode <= 5; ++mode)
      for (const bool high : {false, true}) {
        const bool both = access == 3;
        const PitChannelImage image{.mode = mode,
                                    .access = access,
                                    .bcd = high,
                                    .gate = !high,
                                    .counting = true,
                                    .count = 0x4321,
                                    .elapsed = 0,
                                    .programmed = true,
                                    .latch = 0x1234,
                                    .latchedBytes = static_cast<u8>(both && !high ? 2 : 1),
                                    .status = 0x55,
                                    .statusLatched = high,
                                    .readHigh = both && high,
                                    .writeHigh = both && high,
                                    .writeLow = static_cast<u8>(both && high ? 0x66 : 0)};
        EXPECT_EQ(fromKvm(toKvm(with(1, image), kNow), kNow).channels[1], image)
            << int{access} << " " << int{mode} << " " << high;
      }
}

TEST(PitConvert, TimeThatWentBy) {
  kvm_pit_state2 state = toKvm(with(2, {.mode = 2, .counting = true, .count = 100}), kNow);
  EXPECT_EQ(fromKvm(state, kNow + 777).channels[2].elapsed, 777);
  EXPECT_EQ(fromKvm(state, kNow - 1).channels[2].elapsed, 0);
}

// The kernel after its own reset has modes that the chip has not.
TEST(PitConvert, StrangeStatesAreMadePossible) {
  kvm_pit_state2 state{};
  for (kvm_pit_channel_state& c : state.channels) {
    c.mode = 0xff;
    c.count = 0;
  }
  for (const PitChannelImage& c : fromKvm(state, 0).channels) {
    EXPECT_LE(c.mode, 5);
    EXPECT_GE(c.count, 1u);
    EXPECT_GE(c.access, 1);
  }
}

TEST(PitConvert, WhetherTheGuestLoadedIt) {
  const auto before = given(0, {.mode = 2, .counting = true, .count = 0x1234});
  EXPECT_FALSE(loadedSince(0, before, before));
  auto after = before;
  after.write_latch = 0x34;  // the same count once more
  EXPECT_TRUE(loadedSince(0, before, after));
  after = before;
  after.mode = 4;
  EXPECT_TRUE(loadedSince(0, before, after));
  after = before;
  after.latched_count = 5, after.count_latched = 3, after.read_state = 4, after.status_latched = 1;
  EXPECT_FALSE(loadedSince(0, before, after)) << "that was reading";

  const auto two = given(2, {.mode = 0, .counting = true, .count = 0x1234});
  EXPECT_FALSE(loadedSince(2, two, two));
  after = two;
  after.count_load_time += 5;
  EXPECT_TRUE(loadedSince(2, two, after));
  const auto byte = given(0, {.mode = 2, .access = 1, .counting = true, .count = 0x12});
  EXPECT_TRUE(loadedSince(0, byte, byte)) << "nothing would show it";
}

}  // namespace
}  // namespace duet::kvm
