#include "tools/diff/lockstep/ram_pages.h"

#include <gtest/gtest.h>

namespace duet::diff::lockstep {
namespace {

struct Memory {
  Memory() {
    EXPECT_TRUE(ram.addBlock("a", 0x100000));
    EXPECT_TRUE(ram.addBlock("b", 0x2000));
  }
  void put(unsigned block, u64 offset, u8 value) {
    u8* host = ram.blocks()[block]->host + offset;
    *host = value;
    ram.noteWrite(host, 1);
  }
  u8 at(unsigned block, u64 offset) const { return ram.blocks()[block]->host[offset]; }
  mmu::Ram ram;
};

TEST(RamPages, CopiesAndComparesDirtyPages) {
  Memory from, to;
  from.put(0, 0x5123, 1);
  from.put(0, 0x5124, 2);
  from.put(1, 0x1000, 3);
  PageSet pages;
  pages.add(from.ram);
  pages.add(pages);
  pages.tidy();
  EXPECT_EQ(pages.size(), 2u);
  EXPECT_FALSE(sameBytes(from.ram, to.ram, pages));
  const auto bytes = differentBytes(from.ram, to.ram, pages, 2);
  ASSERT_EQ(bytes.size(), 2u);
  EXPECT_EQ(bytes[1].place.offset, 0x5124u);
  EXPECT_EQ(bytes[1].left, 2);
  EXPECT_EQ(bytes[1].right, 0);
  copyPages(from.ram, to.ram, pages);
  EXPECT_TRUE(sameBytes(from.ram, to.ram, pages));
  EXPECT_EQ(to.at(1, 0x1000), 3);
  PageSet left;
  left.add(to.ram);
  EXPECT_EQ(left.size(), 0u);
}

TEST(RamPages, WholeCopiesLeaveNothingBehind) {
  Memory from, to;
  from.put(0, 0x80000, 7);
  to.put(0, 0x3000, 9);
  to.put(1, 0, 9);
  ASSERT_TRUE(copyAll(from.ram, to.ram));
  EXPECT_EQ(to.at(0, 0x80000), 7);
  EXPECT_EQ(to.at(0, 0x3000), 0);
  EXPECT_EQ(to.at(1, 0), 0);
}

}  // namespace
}  // namespace duet::diff::lockstep
