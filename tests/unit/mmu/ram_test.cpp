#include "mmu/ram/ram.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>

namespace duet::mmu {
namespace {

u64 residentBytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  unsigned long total = 0, resident = 0;
  EXPECT_EQ(std::fscanf(file, "%lu %lu", &total, &resident), 2);
  std::fclose(file);
  return resident * static_cast<u64>(sysconf(_SC_PAGESIZE));
}

TEST(Ram, BlocksAreZeroedAlignedAndKeepTheirPlace) {
  Ram ram;
  const auto a = ram.addBlock("a", 5000);
  ASSERT_TRUE(a) << a.error().message;
  u8* host = (*a)->host;
  EXPECT_EQ((*a)->size, 8192u);
  EXPECT_EQ((*a)->name, "a");
  for (int i = 0; i < 30; ++i) ASSERT_TRUE(ram.addBlock("more", 4096));
  EXPECT_EQ((*a)->host, host);
  EXPECT_EQ(ram.blocks().size(), 31u);
  EXPECT_EQ(host[0] | host[8191], 0);
  EXPECT_EQ(ram.pageIndex(host), (*a)->firstPage);
  EXPECT_EQ(ram.pageIndex(host + 4096), (*a)->firstPage + 1);
}

TEST(Ram, UntouchedMemoryCostsNothing) {
  Ram ram;
  const u64 before = residentBytes();
  const auto block = ram.addBlock("big", 8_GiB);
  ASSERT_TRUE(block) << block.error().message;
  EXPECT_LT(residentBytes(), before + 2_MiB);
  // Metadata of one far page costs pages, not megabytes.
  const u64 page = (*block)->firstPage + (8_GiB >> 12) - 1;
  ram.markDirty(page);
  (*block)->host[8_GiB - 1] = 1;
  EXPECT_LT(residentBytes(), before + 2_MiB);
  EXPECT_TRUE(ram.isDirty(page));
}

TEST(Ram, RefusesWhatCannotBe) {
  Ram ram;
  EXPECT_FALSE(ram.addBlock("none", 0));
  const auto huge = ram.addBlock("huge", u64{1} << 50);
  ASSERT_FALSE(huge);
  EXPECT_NE(huge.error().message.find("huge"), std::string::npos);
  EXPECT_FALSE(ram.addBlock("wraps", ~u64{0}));
  EXPECT_TRUE(ram.addBlock("fine", 4096));
}

TEST(Ram, TheFileIsTheMemory) {
  Ram ram;
  const RamBlock& a = **ram.addBlock("a", 8192);
  const RamBlock& b = **ram.addBlock("b", 4096);
  a.host[4096] = 0x5a;
  void* view = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, ram.memfd(a), 0);
  ASSERT_NE(view, MAP_FAILED);
  EXPECT_EQ(static_cast<u8*>(view)[4096], 0x5a);
  static_cast<u8*>(view)[0] = 7;
  EXPECT_EQ(a.host[0], 7);
  munmap(view, 8192);
  EXPECT_NE(ram.memfd(a), ram.memfd(b));
  EXPECT_EQ(ram.memfd(RamBlock{}), -1);
}

TEST(Ram, DirtyPagesOfABlockAreTakenTogether) {
  Ram ram;
  const RamBlock& a = **ram.addBlock("a", 70 * 4096);
  const RamBlock& b = **ram.addBlock("b", 4096);
  for (const u64 page : {u64{0}, u64{63}, u64{64}, u64{69}}) ram.markDirty(a.firstPage + page);
  ram.markDirty(b.firstPage);
  std::vector<u64> pages;
  ram.takeDirtyPages(a, pages);
  EXPECT_EQ(pages, (std::vector<u64>{0, 63, 64, 69}));
  pages.clear();
  ram.takeDirtyPages(a, pages);
  EXPECT_TRUE(pages.empty());
  EXPECT_TRUE(ram.isDirty(b.firstPage));
}

TEST(Ram, TheListenerHearsOfWritesFromOutside) {
  Ram ram;
  const RamBlock& a = **ram.addBlock("a", 8192);
  std::vector<std::pair<const u8*, u64>> heard;
  ram.setWriteListener([&](const u8* host, u64 length) { heard.emplace_back(host, length); });
  ram.noteWrite(a.host + 10, 5000);
  ram.markDirty(a.firstPage);
  EXPECT_EQ(heard, (std::vector<std::pair<const u8*, u64>>{{a.host + 10, 5000}}));
}

TEST(RamDeathTest, GuardPagesOnBothSides) {
  GTEST_FLAG_SET(death_test_style, "fast");
  Ram ram;
  const RamBlock& a = **ram.addBlock("a", 2_MiB);
  const RamBlock& b = **ram.addBlock("b", 4096);
  volatile u8* first = a.host;
  volatile u8* second = b.host;
  EXPECT_DEATH(first[-1] = 1, "");
  EXPECT_DEATH(first[2_MiB] = 1, "");
  EXPECT_DEATH(second[-1] = 1, "");
  EXPECT_DEATH(second[4096] = 1, "");
}

TEST(Ram, DirtyBitsAreTakenOnce) {
  Ram ram;
  const RamBlock& block = **ram.addBlock("a", 64 * 4096);
  for (u64 i = 0; i < 64; i += 3) ram.markDirty(block.firstPage + i);
  for (u64 i = 0; i < 64; ++i) {
    EXPECT_EQ(ram.isDirty(block.firstPage + i), i % 3 == 0);
    EXPECT_EQ(ram.takeDirty(block.firstPage + i), i % 3 == 0);
    EXPECT_FALSE(ram.takeDirty(block.firstPage + i));
  }
}

}  // namespace
}  // namespace duet::mmu
