#include "core/device/register_bank.h"

#include <gtest/gtest.h>

namespace duet {
namespace {

std::vector<RegisterSpec> specs() {
  return {{.name = "id", .offset = 0, .width = 4, .reset = 0x12345678},
          {.name = "control", .offset = 4, .width = 4, .reset = 1, .writable = 0xff00ff},
          {.name = "status", .offset = 8, .width = 1, .reset = 0xff, .writeOneToClear = 0x0f}};
}

TEST(RegisterBank, MasksWritesAndClearsByOnes) {
  RegisterBank bank(specs());
  bank.write(0, 4, 0);
  EXPECT_EQ(bank.read(0, 4), 0x12345678u);
  bank.write(4, 4, 0xffffffff);
  EXPECT_EQ(bank.read(4, 4), 0xff00ffu);
  bank.write(8, 1, 0x15);
  EXPECT_EQ(bank.read(8, 1), 0xfau);
}

TEST(RegisterBank, GathersAndSplitsBytes) {
  RegisterBank bank(specs());
  EXPECT_EQ(bank.read(2, 4), 0x00011234u);
  bank.write(6, 1, 0xee);
  EXPECT_EQ(bank.get(4), 0xee0001u);
  EXPECT_EQ(bank.read(9, 8), 0u);
  bank.write(0xfff0, 8, ~u64{0});
}

TEST(RegisterBank, HooksSeeMergedValues) {
  u64 seen = 0;
  auto list = specs();
  list[1].onWrite = [&](u64 merged, u64 old) {
    seen = merged;
    return old;
  };
  list[2].onRead = [](u64) { return u64{0x5a}; };
  RegisterBank bank(list);
  bank.write(4, 1, 0x77);
  EXPECT_EQ(seen, 0x77u);
  EXPECT_EQ(bank.get(4), 1u);
  EXPECT_EQ(bank.read(8, 1), 0x5au);
}

TEST(RegisterBank, StateRoundTrip) {
  RegisterBank a(specs()), b(specs());
  a.write(4, 4, 0x330022);
  ASSERT_TRUE(b.setValues(a.values()));
  EXPECT_EQ(b.read(4, 4), a.read(4, 4));
  EXPECT_FALSE(b.setValues({1, 2}));
}

TEST(RegisterBankDeathTest, OverlapIsRefused) {
  auto list = specs();
  list.push_back({.name = "overlap", .offset = 6, .width = 2});
  EXPECT_DEATH(RegisterBank{list}, "internal error");
}

}  // namespace
}  // namespace duet
