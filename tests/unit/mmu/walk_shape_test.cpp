// Where a walk ends: addresses, page sizes, absent entries, tables outside RAM.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/mmu/page_tables.h"

namespace duet::mmu::test {
namespace {

constexpr AccessRights kRead{AccessKind::Read, false, false};
constexpr AccessRights kUserRead{AccessKind::Read, true, false};

TEST(WalkShape, NoPagingIsIdentityIn32Bits) {
  Memory memory;
  const Translation t =
      translate(memory.physical, {}, LinearAddr(0x1'2345'6789), {AccessKind::Write, true, false});
  EXPECT_TRUE(t.ok && t.writable && t.readable && t.executable);
  EXPECT_EQ(t.address.value, 0x2345'6789u);
}

TEST(WalkShape, EveryModeAndPageSizeReachesItsPage) {
  for (const Shape& shape : allShapes()) {
    SCOPED_TRACE(testing::Message() << modeName(shape.mode) << " " << shape.pageSize);
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    const u64 base = page.linear & ~(shape.pageSize - 1);
    for (const u64 offset : {u64{0}, shape.pageSize / 2 + 5, shape.pageSize - 1}) {
      const Translation t = translate(memory.physical, page.state, LinearAddr(base + offset), kUserRead);
      EXPECT_TRUE(t.ok);
      EXPECT_EQ(t.address.value, page.page + offset);
    }
    const Translation first = page.walk(kUserRead);
    EXPECT_EQ(first.address.value, page.page + (page.linear & (shape.pageSize - 1)));
    EXPECT_EQ(first.pageSize, shape.pageSize);
    EXPECT_TRUE(first.userPage);
    EXPECT_FALSE(first.global);
  }
}

TEST(WalkShape, AnyAbsentEntryGivesAPlainFault) {
  for (const Shape& shape : allShapes()) {
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    for (size_t i = 0; i < page.entries.size(); ++i) {
      SCOPED_TRACE(testing::Message() << modeName(shape.mode) << " " << shape.pageSize << " entry " << i);
      const u64 before = page.entry(i);
      // An absent entry may hold anything else, reserved bits included.
      page.setEntry(i, ~kP);
      EXPECT_EQ(page.walk({AccessKind::Read, false, false}).errorCode, 0u);
      EXPECT_EQ(page.walk({AccessKind::Write, true, false}).errorCode, 6u);
      EXPECT_FALSE(page.walk(kRead).ok);
      page.setEntry(i, before);
      EXPECT_FALSE(page.anyBit(kA));
    }
    EXPECT_TRUE(page.walk(kRead).ok);
  }
}

TEST(WalkShape, PaePointerRegisterDecides) {
  Memory memory;
  MappedPage page(memory, PagingMode::Pae, 4_KiB);
  page.state.cr3 = 0xdead000;  // not read
  EXPECT_TRUE(page.walk(kRead).ok);
  page.state.pdpte[2] &= ~kP;
  const Translation t = page.walk({AccessKind::Write, true, false});
  EXPECT_FALSE(t.ok);
  EXPECT_EQ(t.errorCode, 6u);
}

TEST(WalkShape, GlobalNeedsTheLeafBitAndPge) {
  for (const Shape& shape : allShapes()) {
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    page.change(page.leaf(), kG);
    EXPECT_FALSE(page.walk(kRead).global);
    page.state.pge = true;
    EXPECT_TRUE(page.walk(kRead).global);
    if (page.leaf() == 0) continue;
    page.change(page.leaf(), 0, kG);
    page.change(0, kG);
    EXPECT_FALSE(page.walk(kRead).global);
  }
}

TEST(WalkShape, PageSizeBitIsIgnoredWithoutPse) {
  Memory memory;
  MappedPage page(memory, PagingMode::Bits32, 4_KiB);
  page.state.pse = false;
  page.change(0, kPs);
  const Translation t = page.walk(kRead);
  EXPECT_TRUE(t.ok);
  EXPECT_EQ(t.address.value, page.page);
  EXPECT_EQ(t.pageSize, 4_KiB);
}

TEST(WalkShape, PcidBitsOfCr3AreNoAddress) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  page.state.cr3 |= 0xfff;
  EXPECT_TRUE(page.walk(kRead).ok);
}

TEST(WalkShape, TablesInHolesReadAsOnes) {
  Memory memory;
  MappedPage page(memory, PagingMode::Level4, 4_KiB);
  page.state.cr3 = 0x1'0000'0000;  // a hole
  page.state.nxe = true;
  const Translation t = page.walk(kRead);
  EXPECT_FALSE(t.ok);
  EXPECT_EQ(t.errorCode, 9u);  // present, reserved bits set
}

TEST(WalkShape, QuietWalkLeavesNoTrace) {
  for (const Shape& shape : allShapes()) {
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    const Translation t = translateQuietly(memory.physical, page.state, LinearAddr(page.linear),
                                           {AccessKind::Write, true, false});
    EXPECT_TRUE(t.ok && t.writable);
    EXPECT_FALSE(page.anyBit(kA | kD));
  }
}

}  // namespace
}  // namespace duet::mmu::test
