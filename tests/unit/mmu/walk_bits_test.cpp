// Reserved bits (SDM vol. 3 tables 4-4 to 4-20) and accessed and dirty bits (4.8).
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "tests/unit/mmu/page_tables.h"

namespace duet::mmu::test {
namespace {

void add(std::set<unsigned>& bits, unsigned hi, unsigned lo) {
  for (unsigned i = lo; i <= hi && hi != ~0u; ++i) bits.insert(i);
}

// Reserved bit numbers of an entry, from the manual's tables for MAXPHYADDR = 40.
std::set<unsigned> reservedOf(PagingMode mode, unsigned level, bool leaf) {
  std::set<unsigned> bits;
  if (mode == PagingMode::Bits32) {
    if (leaf && level == 2) bits.insert(21);
    return bits;
  }
  if (mode == PagingMode::Pae)
    add(bits, 62, 40);
  else
    add(bits, 51, 40);
  bits.insert(63);  // IA32_EFER.NXE = 0 in these tests
  if (leaf && level == 2) add(bits, 20, 13);
  if (leaf && level == 3) add(bits, 29, 13);
  if (level >= 4) bits.insert(7);
  return bits;
}

TEST(WalkReserved, EachBitOfEachEntry) {
  for (const Shape& shape : allShapes()) {
    Memory memory;
    const MappedPage plain(memory, shape.mode, shape.pageSize);
    for (size_t i = 0; i < plain.entries.size(); ++i) {
      const auto reserved = reservedOf(shape.mode, plain.entries[i].level, i == plain.leaf());
      for (const unsigned bit : reserved) {
        SCOPED_TRACE(testing::Message()
                     << modeName(shape.mode) << " " << shape.pageSize << " entry " << i << " bit " << bit);
        MappedPage page(memory, shape.mode, shape.pageSize);
        page.change(i, u64{1} << bit);
        const Translation t = page.walk({AccessKind::Write, true, false});
        EXPECT_FALSE(t.ok);
        EXPECT_EQ(t.errorCode, 0xfu);
        EXPECT_FALSE(page.anyBit(kA | kD));
      }
    }
  }
}

TEST(WalkReserved, IgnoredBitsAreIgnored) {
  for (const Shape& shape : allShapes()) {
    if (shape.mode < PagingMode::Level4) continue;
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    for (size_t i = 0; i < page.entries.size(); ++i)
      page.change(i, (u64{0x7ff} << 52) | (u64{7} << 9) | 0x18);
    EXPECT_TRUE(page.walk({AccessKind::Write, true, false}).ok);
  }
}

TEST(WalkReserved, PhysicalWidthMovesTheLimit) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  page.change(page.leaf(), u64{1} << 45);
  EXPECT_FALSE(page.walk({}).ok);
  page.state.physicalBits = 46;
  const Translation t = page.walk({});
  EXPECT_TRUE(t.ok);
  EXPECT_EQ(t.address.value, page.page | u64{1} << 45);
  page.state.physicalBits = 52;
  EXPECT_TRUE(page.walk({}).ok);
}

TEST(WalkReserved, GigabytePagesNeedTheFeature) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 1_GiB);
  page.state.gbPages = false;
  EXPECT_EQ(page.walk({}).errorCode, 9u);
}

TEST(WalkReserved, Pse36NeedsTheFeature) {
  Memory memory;
  for (unsigned bit = 13; bit <= 21; ++bit) {
    MappedPage page(memory, PagingMode::Bits32, 4_MiB);
    page.state.pse36 = false;
    page.setEntry(0, (page.entry(0) & ~u64{0x3fe000}) | u64{1} << bit);
    EXPECT_EQ(page.walk({}).errorCode, 9u) << bit;
  }
  MappedPage page(memory, PagingMode::Bits32, 4_MiB);
  page.state.physicalBits = 36;  // M = 36: bits 21:17 are reserved
  page.setEntry(0, 0xc0000000 | kP | kPs | 1u << 16);
  EXPECT_EQ(page.walk({}).address.value, 0x8'c000'0000u | (page.linear & 0x3fffff));
  page.setEntry(0, 0xc0000000 | kP | kPs | 1u << 17);
  EXPECT_EQ(page.walk({}).errorCode, 9u);
}

TEST(WalkAccessedDirty, SetInEveryEntryAndDirtyInTheLeafOfAWrite) {
  for (const Shape& shape : allShapes())
    for (const AccessKind kind : {AccessKind::Read, AccessKind::Write, AccessKind::Fetch}) {
      Memory memory;
      MappedPage page(memory, shape.mode, shape.pageSize);
      const Translation t = page.walk({kind, true, false});
      ASSERT_TRUE(t.ok);
      for (size_t i = 0; i < page.entries.size(); ++i) {
        EXPECT_TRUE(page.entry(i) & kA) << i;
        const bool dirty = kind == AccessKind::Write && i == page.leaf();
        EXPECT_EQ((page.entry(i) & kD) != 0, dirty) << i;
      }
      EXPECT_EQ(t.writable, kind == AccessKind::Write);
      if (kind != AccessKind::Read) continue;
      page.change(page.leaf(), kD);
      EXPECT_TRUE(page.walk({kind, true, false}).writable) << "already dirty";
    }
}

TEST(WalkAccessedDirty, NeighbouringEntriesAreUntouched) {
  for (const Shape& shape : {Shape{PagingMode::Bits32, 4_KiB}, Shape{PagingMode::Level4, 4_KiB}}) {
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    const u64 leaf = page.entries.back().gpa;
    const u64 odd = 0x1234567812345618 & ~(kA | kD);
    memory.put(leaf - page.width, page.width, odd);
    memory.put(leaf + page.width, page.width, odd);
    ASSERT_TRUE(page.walk({AccessKind::Write, true, false}).ok);
    const u64 mask = page.width == 4 ? 0xffffffff : ~u64{0};
    EXPECT_EQ(memory.get(leaf - page.width, page.width), odd & mask);
    EXPECT_EQ(memory.get(leaf + page.width, page.width), odd & mask);
  }
}

TEST(WalkAccessedDirty, ReadOnlyTablesStillTranslate) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  // The same tables seen through a ROM mapping.
  const auto rom = memory.physical.mapRam({.name = "rom", .base = 0x4000'0000, .size = 16_MiB},
                                          *memory.ram.blocks()[0], 0, false);
  ASSERT_TRUE(rom);
  page.state.cr3 += 0x4000'0000;
  for (size_t i = 0; i < page.leaf(); ++i) page.setEntry(i, page.entry(i) + 0x4000'0000);
  const Translation t = page.walk({AccessKind::Write, true, false});
  EXPECT_TRUE(t.ok && t.writable);
  EXPECT_FALSE(page.anyBit(kA | kD));
}

// One thread flips the leaf between two pages by whole-entry stores, others walk for writing. A torn
// update would put A and D of one value on the other, or bring back an entry that was replaced.
TEST(WalkAccessedDirty, RacesWithAnOwnerThatReplacesTheEntry) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  const u64 one = page.entry(page.leaf());
  const u64 gone = 0xabcdef000;  // not present, a swap cookie
  u64* word = memory.word(page.entries.back().gpa);
  std::atomic<bool> stop{false};
  std::atomic<unsigned> bad{0}, hits{0};
  const auto walker = [&] {
    while (!stop) {
      const Translation t = page.walk({AccessKind::Write, true, false});
      if (t.ok && t.address.value != page.page) ++bad;
      if (t.ok) ++hits;
    }
  };
  std::thread a(walker), b(walker);
  unsigned dirtySeen = 0;
  for (unsigned i = 0; i < 20000 || hits == 0; ++i) {
    const u64 before = __atomic_exchange_n(word, gone, __ATOMIC_SEQ_CST);
    if ((before & ~(kA | kD)) != one) ++bad;
    // While the entry is absent nobody may write to it.
    for (int k = 0; k < 20; ++k)
      if (__atomic_load_n(word, __ATOMIC_SEQ_CST) != gone) ++bad;
    if (before & kD) ++dirtySeen;
    __atomic_store_n(word, one, __ATOMIC_SEQ_CST);
    if (i % 16 == 0) std::this_thread::yield();
  }
  stop = true;
  a.join();
  b.join();
  EXPECT_EQ(bad, 0u);
  EXPECT_GT(dirtySeen, 0u) << "the race never happened";
}

// Two walkers set A and D of one entry at once; neither loses the other's bit.
TEST(WalkAccessedDirty, TwoWalkersLoseNothing) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  const u64 fresh = page.entry(page.leaf());
  u64* word = memory.word(page.entries.back().gpa);
  std::atomic<unsigned> round{0}, done{0};
  constexpr unsigned kRounds = 3000;
  const auto walker = [&](AccessKind kind) {
    for (unsigned i = 1; i <= kRounds; ++i) {
      while (round.load() < i) std::this_thread::yield();
      page.walk({kind, true, false});
      ++done;
    }
  };
  std::thread reader(walker, AccessKind::Read), writer(walker, AccessKind::Write);
  unsigned lost = 0;
  for (unsigned i = 1; i <= kRounds; ++i) {
    __atomic_store_n(word, fresh, __ATOMIC_SEQ_CST);
    round = i;
    while (done.load() < 2 * i) std::this_thread::yield();
    if ((__atomic_load_n(word, __ATOMIC_SEQ_CST) & (kA | kD)) != (kA | kD)) ++lost;
  }
  reader.join();
  writer.join();
  EXPECT_EQ(lost, 0u);
}

}  // namespace
}  // namespace duet::mmu::test
