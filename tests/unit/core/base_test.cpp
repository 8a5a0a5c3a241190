#include <gtest/gtest.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <vector>

#include "core/base/bits.h"
#include "core/base/log.h"
#include "core/base/pool.h"
#include "core/base/suggest.h"

namespace duet {
namespace {

TEST(Bits, AsTheManualsWriteThem) {
  EXPECT_EQ(bits(0xabcd, 11, 4), 0xbcu);
  EXPECT_EQ(lowMask(0), 0u);
  EXPECT_EQ(lowMask(64), ~u64{0});
  EXPECT_EQ(signExtend(0x80, 8), 0xffffffffffffff80u);
  EXPECT_EQ(signExtend(0x7f, 8), 0x7fu);
  EXPECT_EQ(alignUp(4097, 4096), 8192u);
}

void keepsObjects(MemoryAdvisor* advisor) {
  struct Made {
    u64 number, twice;
  };
  Pool<Made> pool(advisor);
  constexpr u64 kMany = 100'000;  // in several chunks
  std::vector<const Made*> all;
  for (u64 n = 0; n < kMany; ++n) all.push_back(&pool.make(n, 2 * n));
  EXPECT_EQ(pool.size(), kMany);
  for (u64 n = 0; n < kMany; ++n) {
    ASSERT_EQ(all[n]->number, n);
    ASSERT_EQ(all[n]->twice, 2 * n);
  }
}

TEST(Pool, KeepsObjectsWhereTheyWereMade) {
  MemoryAdvisor advisor;
  keepsObjects(nullptr);
  keepsObjects(&advisor);
}

TEST(ZeroMemory, LiesAsHugePagesDoWhereItFills) {
  ZeroMemory memory(4_MiB, ZeroMemory::Use::Filled);
  EXPECT_EQ(reinterpret_cast<u64>(memory.data()) % 2_MiB, 0u);
  memory.data()[4_MiB - 1] = 1;  // all of it is there
  EXPECT_EQ(memory.data()[0], 0);
  const ZeroMemory moved(std::move(memory));
  EXPECT_EQ(memory.data(), nullptr);
  EXPECT_EQ(moved.data()[4_MiB - 1], 1);
}

constexpr size_t kPages = 16, kBytes = kPages * 4096;

size_t residentPages(const ZeroMemory& memory) {
  std::array<unsigned char, kPages> resident{};
  EXPECT_EQ(mincore(memory.data(), kBytes, resident.data()), 0);
  return static_cast<size_t>(std::ranges::count_if(resident, [](unsigned char page) { return page & 1; }));
}

TEST(MemoryAdvisor, HasFollowedAdviceWhenItIsSettled) {
  MemoryAdvisor advisor;
  advisor.settle();  // nothing to do
  std::vector<ZeroMemory> all;
  for (int i = 0; i < 20; ++i) {
    const ZeroMemory& memory = all.emplace_back(kBytes);
    memory.data()[kBytes - 1] = 1;
    EXPECT_EQ(residentPages(memory), 1u);
    advisor.advise(memory.data(), kBytes, MADV_DONTNEED);
  }
  advisor.settle();
  for (const ZeroMemory& memory : all) EXPECT_EQ(residentPages(memory), 0u);
}

TEST(MemoryAdvisor, BringsMemoryAhead) {
  const ZeroMemory probe(4096);
  const bool can = madvise(probe.data(), 4096, MADV_POPULATE_WRITE) == 0;  // Linux 5.14
  ZeroMemory memory(kBytes);
  {
    MemoryAdvisor advisor;
    advisor.advise(memory.data(), kBytes, MADV_POPULATE_WRITE);
  }  // ends when all is done
  EXPECT_EQ(residentPages(memory), can ? kPages : 0);
}

TEST(Suggest, FindsTheNearWordAndNothingWhenFar) {
  const std::array<std::string_view, 3> known = {"kernel", "initrd", "append"};
  EXPECT_EQ(nearest("kernal", known), "kernel");
  EXPECT_EQ(nearest("zzz", known), "");
  EXPECT_EQ(nearest("", known), "");
  EXPECT_EQ(nearest(std::string(100000, 'k'), known), "");
}

TEST(Log, UnknownItemIsAnErrorThatNamesIt) {
  auto result = configureLog("int,mmuu", "");
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("mmuu"), std::string::npos);
  EXPECT_NE(result.error().message.find("'mmu'"), std::string::npos);
  EXPECT_FALSE(logEnabled(LogChannel::Int)) << "a refused list must change nothing";
}

TEST(Log, UnwritableFileIsAnError) { EXPECT_FALSE(configureLog("", "/nonexistent-folder/x.log")); }

TEST(Log, GuestLinesAreLimited) {
  int allowed = 0;
  for (int i = 0; i < 1000; ++i) allowed += log_detail::allow(LogChannel::Unimplemented);
  EXPECT_GE(allowed, 1);
  EXPECT_LE(allowed, 30);
}

}  // namespace
}  // namespace duet
