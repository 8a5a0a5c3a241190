#include "mmu/ram/page_pair.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <thread>

namespace duet::mmu {
namespace {

struct Pages {
  Pages() {
    low = (*ram.addBlock("low", 4 * kPageSize))->host;
    high = (*ram.addBlock("high", 4 * kPageSize))->host;
  }
  Ram ram;
  u8 *low, *high;
};

TEST(PagePair, NeighboursNeedNoSecondMapping) {
  Pages p;
  PagePair pair;
  EXPECT_EQ(pair.map(p.ram, p.low + kPageSize - 3, p.low + kPageSize), p.low + kPageSize - 3);
}

TEST(PagePair, AnyTwoPagesFollowEachOther) {
  Pages p;
  PagePair pair;
  u8* const pages[] = {p.low, p.low + 2 * kPageSize, p.high, p.high + 3 * kPageSize};
  for (u8* first : pages) {
    for (u8* second : pages) {
      if (first + kPageSize == second) continue;
      u8* const at = pair.map(p.ram, first + kPageSize - 3, second);
      std::memcpy(at, "abcdefgh", 8);
      EXPECT_EQ(std::memcmp(first + kPageSize - 3, "abc", 3), 0);
      EXPECT_EQ(std::memcmp(second, "defgh", 5), 0);
      second[0] = 'x';
      EXPECT_EQ(at[3], 'x');
    }
  }
}

// The host's LOCK over the pair against plain stores to one of the pages: none is lost.
TEST(PagePair, LockedOperationsKeepOthersStores) {
  Pages p;
  PagePair pair;
  u8* const at = pair.map(p.ram, p.high + kPageSize - 4, p.low + 2 * kPageSize);
  u8* const byte = p.low + 2 * kPageSize + 3;  // the operand's last one
  std::atomic<bool> stop{false};
  std::thread locker([&] {
    while (!stop) {
      u64 seen = 0;
      asm volatile("lock xaddq %0, (%1)" : "+r"(seen) : "r"(at) : "memory", "cc");
    }
  });
  unsigned lost = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    *reinterpret_cast<volatile u8*>(byte) = static_cast<u8>(i);
    for (unsigned look = 0; look < 20; ++look)
      lost += *reinterpret_cast<volatile u8*>(byte) != static_cast<u8>(i);
  }
  stop = true;
  locker.join();
  EXPECT_EQ(lost, 0u);
}

}  // namespace
}  // namespace duet::mmu
