// Entries as bytes.
#include "cpu-tcg/cache/entry.h"

#include <gtest/gtest.h>

namespace duet::test {
namespace {

using tcg::cache::Entry;

Entry sample() {
  Entry e{0x1234, {5, 6}, {{0x10, u64{0} - 0x20}, {0x30, 0x40, 0x50}, {9, 3, 2, 1}}, {}};
  e.code.bytes = {0x90, 0xc3};
  e.code.instructions = 9;
  e.code.exits = {{0x20, false, false, true}, {0, true, false, false}, {0x30, false, true, false}};
  return e;
}

TEST(CacheEntry, ComesBackAsItWas) {
  const Entry in = sample();
  const auto out = tcg::cache::decode(tcg::cache::encode(in));
  ASSERT_TRUE(out.has_value());
  EXPECT_EQ(out->head, in.head);
  EXPECT_EQ(out->key, in.key);
  EXPECT_EQ(out->shape.indirect, in.shape.indirect);
  EXPECT_EQ(out->shape.leaders, in.shape.leaders);
  EXPECT_EQ(out->shape.extent, in.shape.extent);
  EXPECT_EQ(out->code.bytes, in.code.bytes);
  EXPECT_EQ(out->code.instructions, 9u);
  ASSERT_EQ(out->code.exits.size(), 3u);
  for (size_t i = 0; i < 3; ++i) {
    const auto &x = in.code.exits[i], &y = out->code.exits[i];
    EXPECT_TRUE(x.rip == y.rip && x.dynamic == y.dynamic && x.restarts == y.restarts && x.wrote == y.wrote);
  }
}

TEST(CacheEntry, SaysThatTheCompilerCannot) {
  const auto out = tcg::cache::decode(tcg::cache::encode({1, {2, 3}, {}, {}}));
  ASSERT_TRUE(out.has_value());
  EXPECT_TRUE(out->code.bytes.empty());
}

TEST(CacheEntry, IsRefusedWhereAnyByteIsWrong) {
  const std::vector<u8> good = tcg::cache::encode(sample());
  for (size_t i = 0; i < good.size(); ++i) {
    std::vector<u8> bad = good;
    bad[i] ^= 0x40;
    EXPECT_FALSE(tcg::cache::decode(bad)) << i;
  }
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(tcg::cache::decode({good.data(), size})) << size;
  std::vector<u8> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(tcg::cache::decode(longer));
}

}  // namespace
}  // namespace duet::test
