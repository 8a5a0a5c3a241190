#include "core/state/state_codec.h"

#include <gtest/gtest.h>

namespace duet {
namespace {

enum class Phase : u8 { Idle, Busy };

struct Channel {
  u16 count = 0;
  bool gate = false;
  bool operator==(const Channel&) const = default;
  static constexpr auto fields() {
    return duet::fields(field("count", &Channel::count), field("gate", &Channel::gate));
  }
};

struct Chip {
  std::array<Channel, 3> channels{};
  std::array<u8, 5> memory{};
  Phase phase = Phase::Idle;
  i64 time = 0;
  std::vector<u16> queue;
  bool operator==(const Chip&) const = default;
  static constexpr auto fields() {
    return duet::fields(field("channels", &Chip::channels), field("memory", &Chip::memory),
                        field("phase", &Chip::phase), field("time", &Chip::time),
                        boundedField("queue", &Chip::queue, 4));
  }
};

struct OnlyArray {
  std::array<u32, 8> words{};
};
struct ArrayFirst {
  std::array<std::array<u8, 2>, 3> grid{};
  u8 last = 0;
};

struct Forgetful {
  u8 listed = 0;
  u8 forgotten = 0;
  static constexpr auto fields() { return duet::fields(field("listed", &Forgetful::listed)); }
};

static_assert(!state_detail::kListsEveryMember<Forgetful>);
static_assert(state_detail::kListsEveryMember<Chip>);
static_assert(state_detail::memberCount<Channel>() == 2);
static_assert(state_detail::memberCount<Chip>() == 5);
static_assert(state_detail::memberCount<OnlyArray>() == 1);
static_assert(state_detail::memberCount<ArrayFirst>() == 2);

Chip sample() {
  Chip chip;
  chip.channels[1] = {0x1234, true};
  chip.memory = {1, 2, 3, 4, 5};
  chip.phase = Phase::Busy;
  chip.time = -2;
  chip.queue = {0xaabb, 0xccdd};
  return chip;
}

TEST(StateCodec, RoundTrip) {
  const std::vector<u8> bytes = encodeState(sample());
  EXPECT_EQ(bytes.size(), 3 * 3 + 5 + 1 + 8 + 4 + 4u);
  const auto back = decodeState<Chip>(bytes);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(*back, sample());
}

TEST(StateCodec, LittleEndianInListOrder) {
  const std::vector<u8> bytes = encodeState(Channel{0x1234, true});
  EXPECT_EQ(bytes, (std::vector<u8>{0x34, 0x12, 1}));
}

TEST(StateCodec, EveryOtherLengthIsRefused) {
  std::vector<u8> bytes = encodeState(sample());
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_FALSE(decodeState<Chip>(std::span(bytes).first(n)).has_value()) << n;
  }
  bytes.push_back(0);
  EXPECT_FALSE(decodeState<Chip>(bytes).has_value());
}

TEST(StateCodec, BadFlagAndLongListAreRefused) {
  EXPECT_FALSE(decodeState<Channel>(std::vector<u8>{0, 0, 2}).has_value());
  Chip chip = sample();
  chip.queue = {1, 2, 3, 4, 5};
  EXPECT_FALSE(decodeState<Chip>(encodeState(chip)).has_value());
}

TEST(StateCodec, DumpNamesEveryScalar) {
  const std::string text = dumpState(sample());
  EXPECT_NE(text.find("channels[1].count = 0x1234\n"), std::string::npos);
  EXPECT_NE(text.find("time = 0xfffffffffffffffe\n"), std::string::npos);
  EXPECT_NE(text.find("queue[1] = 0xccdd\n"), std::string::npos);
}

}  // namespace
}  // namespace duet
