// Where decoded blocks are kept (interp/block_cache.h).
#include "cpu-tcg/interp/block_cache.h"

#include <gtest/gtest.h>

#include <array>

namespace duet::tcg {
namespace {

class BlockCacheTest : public testing::Test {
 protected:
  static constexpr u8 kKey = 1;
  static constexpr u16 kBytes = 16;

  // As the decoder leaves it.
  Block* add(u64 position, u8 key = kKey, u16 count = 1, bool crosses = false) {
    Block* block = cache_.begin();
    block->position = position;
    block->decodeKey = key;
    block->version = ram_.beginDecode(position >> 12, position & kPageMask, kBytes);
    block->bytes = kBytes;
    block->count = count;
    if (crosses) {
      block->crosses = true;
      block->page2 = static_cast<u32>(page_ + 1);
      block->version2 = ram_.beginDecode(page_ + 1, 0, kBytes);
    }
    return cache_.commit(block);
  }
  Block* find(u64 position, u8 key = kKey) { return cache_.find(position, key, ram_); }
  void write(u64 position) { ram_.noteCodeWrite(position >> 12, position & kPageMask, 1); }

  mmu::Ram ram_;
  const u64 page_ = (*ram_.addBlock("code", 16 * kPageSize))->firstPage;
  const u64 place_ = (page_ << 12) + 64;
  BlockCache cache_{64 * sizeof(Block), 1u << 20};
};

TEST_F(BlockCacheTest, FindsWhatIsCurrent) {
  Block* block = add(place_);
  EXPECT_EQ(find(place_), block);
  EXPECT_EQ(find(place_ + 1), nullptr);
  EXPECT_EQ(find(place_, kKey + 1), nullptr);
  write(place_);
  EXPECT_EQ(find(place_), nullptr);
}

TEST_F(BlockCacheTest, NewCodeTakesThePlaceOfTheOld) {
  Block* old = add(place_, kKey, 3);
  old->runs = 5;
  write(place_);
  ASSERT_EQ(find(place_), nullptr);
  Block* renewed = add(place_, kKey, 2);
  EXPECT_EQ(renewed, old);
  EXPECT_EQ(renewed->count, 2);
  EXPECT_EQ(renewed->runs, 0) << "how often other code ran says nothing of this";
  EXPECT_TRUE(cache_.holds(*renewed));
  EXPECT_EQ(find(place_), renewed);
}

// Jump entries and links know blocks by their place and mode.
TEST_F(BlockCacheTest, NothingElseTakesThePlaceOfTheOld) {
  Block* old = add(place_);
  write(place_);
  ASSERT_EQ(find(place_), nullptr);
  Block* other = add(place_ + 1);
  EXPECT_NE(other, old) << "another place";
  write(place_ + 1);
  ASSERT_EQ(find(place_ + 1), nullptr);
  EXPECT_NE(add(place_ + 1, kKey + 1), other) << "another mode";
  EXPECT_NE(add(place_), old) << "not the last one";
}

// They are of a second page, too, that need not be the same again.
TEST_F(BlockCacheTest, BlocksOverTwoPagesAreNeverRenewed) {
  const u64 last = (page_ << 12) + kPageSize - kBytes;
  const std::array<std::array<bool, 2>, 3> cases = {{{true, true}, {true, false}, {false, true}}};
  for (const auto& [before, after] : cases) {
    Block* old = add(last, kKey, 1, before);
    write(last);
    ASSERT_EQ(find(last), nullptr);
    EXPECT_NE(add(last, kKey, 1, after), old) << before << after;
    write(last);
    ASSERT_EQ(find(last), nullptr);
    cache_.clear();
  }
}

TEST_F(BlockCacheTest, RewrittenCodeNeedsNoMoreMemory) {
  const u64 epoch = cache_.epoch();
  for (int i = 0; i < 1000; ++i) {
    write(place_);
    ASSERT_EQ(find(place_), nullptr);
    add(place_);
  }
  EXPECT_EQ(cache_.epoch(), epoch);
}

TEST_F(BlockCacheTest, WhatWasDroppedIsNotRenewed) {
  Block* first = add(place_);
  Block* second = add(place_ + 32);
  write(place_);
  ASSERT_EQ(find(place_), nullptr);
  cache_.clear();
  EXPECT_EQ(add(place_), first) << "the first of the memory";
  EXPECT_EQ(add(place_ + 32), second);
  EXPECT_EQ(find(place_), first);
}

}  // namespace
}  // namespace duet::tcg
