#include "mmu/tlb/tlb.h"

#include <gtest/gtest.h>

#include <functional>

namespace duet::mmu {
namespace {

class TlbTest : public ::testing::Test {
 protected:
  TlbFill page(u64 linear, u64 physical, u8* host, bool writable = true, bool global = false,
               u64 size = kPageSize) {
    TlbFill f;
    f.linear = LinearAddr(linear);
    f.translation.ok = true;
    f.translation.address = Gpa(physical);
    f.translation.pageSize = size;
    f.translation.global = global;
    f.translation.readable = true;
    f.translation.writable = writable;
    f.host = host;
    f.readFast = host != nullptr;
    f.writeFast = host != nullptr;
    return f;
  }

  std::unique_ptr<Tlb> tlb_ = std::make_unique<Tlb>();
  alignas(4096) u8 memory_[8192] = {};
};

TEST_F(TlbTest, HitsWithinThePageOnly) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 8), memory_);
  EXPECT_EQ(tlb_->write(LinearAddr(0x7ffc), 4), memory_ + 0xffc);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7ffd), 4), nullptr);  // crosses
  EXPECT_EQ(tlb_->read(LinearAddr(0x6fff), 2), nullptr);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000 + 4096 * Tlb::kEntries), 1), nullptr);  // same slot
  EXPECT_EQ(tlb_->read(LinearAddr(~u64{0}), 2), nullptr);
}

TEST_F(TlbTest, FillFromTheMiddleOfThePage) {
  tlb_->fill(TlbBank::Supervisor, page(0x7123, 0x1123, memory_ + 0x123));
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), memory_);
}

TEST_F(TlbTest, ReadOnlyPageStaysUnwritableUntilRefilled) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, false));
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_EQ(tlb_->write(LinearAddr(0x7000), 1), nullptr);
  EXPECT_FALSE(tlb_->find(TlbBank::Supervisor, LinearAddr(0x7000), true).has_value());
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, true));
  EXPECT_NE(tlb_->write(LinearAddr(0x7000), 1), nullptr);
}

TEST_F(TlbTest, BanksAreApart) {
  tlb_->fill(TlbBank::User, page(0x7000, 0x1000, memory_));
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->select(TlbBank::User);
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_EQ(tlb_->readSystem(LinearAddr(0x7000), 1), nullptr);
  tlb_->select(TlbBank::SupervisorAc);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
}

TEST_F(TlbTest, SlowPagesAreFoundButNeverHit) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0xfee00000, nullptr));
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  const auto found = tlb_->find(TlbBank::Supervisor, LinearAddr(0x7004), false);
  ASSERT_TRUE(found.has_value());
  EXPECT_FALSE(found->fast);
  EXPECT_EQ(found->page, Gpa(0xfee00000));
}

TEST_F(TlbTest, CheckedBankHoldsNothing) {
  tlb_->fill(TlbBank::User, page(0x7000, 0x1000, memory_));
  tlb_->select(TlbBank::User);
  tlb_->selectNone(false);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_EQ(tlb_->write(LinearAddr(0x7000), 1), nullptr);
  EXPECT_EQ(tlb_->bank(), TlbBank::User);
}

TEST_F(TlbTest, Flushes) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, true, true));
  tlb_->fill(TlbBank::Supervisor, page(0x9000, 0x2000, memory_ + 4096));
  tlb_->flushNonGlobal();
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_EQ(tlb_->read(LinearAddr(0x9000), 1), nullptr);
  const u64 generation = tlb_->generation();
  tlb_->flushAll();
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_NE(tlb_->generation(), generation);
}

TEST_F(TlbTest, FlushPageDropsOnePage) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, true, true));
  tlb_->fill(TlbBank::Supervisor, page(0x8000, 0x2000, memory_ + 4096));
  tlb_->flushPage(LinearAddr(0x7abc));
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  EXPECT_NE(tlb_->read(LinearAddr(0x8000), 1), nullptr);
}

TEST_F(TlbTest, FlushPageDropsAllOfALargePage) {
  tlb_->fill(TlbBank::Supervisor, page(0x201000, 0x1000, memory_, true, false, 2_MiB));
  tlb_->fill(TlbBank::User, page(0x3ff000, 0x2000, memory_, true, false, 2_MiB));
  tlb_->fill(TlbBank::Supervisor, page(0x400000, 0x3000, memory_));
  tlb_->flushPage(LinearAddr(0x2aa000));
  EXPECT_EQ(tlb_->read(LinearAddr(0x201000), 1), nullptr);
  EXPECT_NE(tlb_->read(LinearAddr(0x400000), 1), nullptr);
  tlb_->select(TlbBank::User);
  EXPECT_EQ(tlb_->read(LinearAddr(0x3ff000), 1), nullptr);
}

// 1 GiB pages: every entry is looked at, and only those of the page go.
TEST_F(TlbTest, FlushPageDropsAllOfAHugePage) {
  tlb_->fill(TlbBank::Supervisor, page(0x40001000, 0x1000, memory_, true, false, 1_GiB));
  tlb_->fill(TlbBank::Supervisor, page(0x7ffff000, 0x2000, memory_ + 4096, true, true, 1_GiB));
  tlb_->fill(TlbBank::Supervisor, page(0x80000000, 0x3000, memory_));
  tlb_->flushPage(LinearAddr(0x50000000));
  EXPECT_EQ(tlb_->read(LinearAddr(0x40001000), 1), nullptr);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7ffff000), 1), nullptr);
  EXPECT_NE(tlb_->read(LinearAddr(0x80000000), 1), nullptr);
}

// Both halves of a page of 4 MiB.
TEST_F(TlbTest, FlushPageDropsAllOfAPageOf4MiB) {
  tlb_->fill(TlbBank::User, page(0x800000, 0x1000, memory_, true, false, 4_MiB));
  tlb_->fill(TlbBank::User, page(0xbff000, 0x1000, memory_, true, false, 4_MiB));
  tlb_->flushPage(LinearAddr(0xa00000));
  tlb_->select(TlbBank::User);
  EXPECT_EQ(tlb_->read(LinearAddr(0x800000), 1), nullptr);
  EXPECT_EQ(tlb_->read(LinearAddr(0xbff000), 1), nullptr);
}

// The first and the last entry, where an empty tag could look like page 0.
TEST_F(TlbTest, EmptyEntriesAtTheEndsMiss) {
  EXPECT_EQ(tlb_->read(LinearAddr(0), 1), nullptr);
  EXPECT_EQ(tlb_->write(LinearAddr(0xff8), 8), nullptr);
  EXPECT_EQ(tlb_->read(LinearAddr(~u64{0} - 2), 8), nullptr);  // its last byte lies in page 0
  tlb_->fill(TlbBank::Supervisor, page(0, 0x1000, memory_));
  EXPECT_EQ(tlb_->read(LinearAddr(8), 8), memory_ + 8);
  EXPECT_EQ(tlb_->read(LinearAddr(~u64{0} - 2), 8), nullptr);
  tlb_->flushAll();
  EXPECT_EQ(tlb_->read(LinearAddr(8), 8), nullptr);
}

// An empty tag is that of page 0, and the tag of a slow page differs from its own by one bit.
TEST_F(TlbTest, NoEmptyEntryIsFoundAsASlowPage) {
  for (u64 address = 0; address < u64{1} << 28; address += kPageSize)
    ASSERT_FALSE(tlb_->find(TlbBank::User, LinearAddr(address), false).has_value()) << address;
  tlb_->fill(TlbBank::User, page(kTlbSlow, 0xfee00000, nullptr));
  tlb_->select(TlbBank::User);
  EXPECT_EQ(tlb_->read(LinearAddr(kTlbSlow), 1), nullptr);
}

// A flush of what is not global leaves a global page whose neighbours go, and the next full one takes it.
TEST_F(TlbTest, GlobalPagesStayAmongOthers) {
  tlb_->fill(TlbBank::Supervisor, page(0x10000, 0x1000, memory_, true, false));
  tlb_->fill(TlbBank::Supervisor, page(0x11000, 0x2000, memory_ + 4096, true, true));
  tlb_->flushNonGlobal();
  tlb_->fill(TlbBank::Supervisor, page(0x10000, 0x1000, memory_, true, false));
  tlb_->flushNonGlobal();
  EXPECT_EQ(tlb_->read(LinearAddr(0x10000), 1), nullptr);
  EXPECT_NE(tlb_->read(LinearAddr(0x11000), 1), nullptr);
  tlb_->flushAll();
  EXPECT_EQ(tlb_->read(LinearAddr(0x11000), 1), nullptr);
}

TEST_F(TlbTest, ExecEntries) {
  Translation t;
  t.address = Gpa(0x5000);
  tlb_->fillExec(true, LinearAddr(0x7000), t, memory_);
  EXPECT_EQ(tlb_->findExec(false, LinearAddr(0x7000)), nullptr);
  ASSERT_NE(tlb_->findExec(true, LinearAddr(0x7fff)), nullptr);
  EXPECT_EQ(tlb_->findExec(true, LinearAddr(0x7fff))->host, memory_);
  tlb_->flushPage(LinearAddr(0x7000));
  EXPECT_EQ(tlb_->findExec(true, LinearAddr(0x7000)), nullptr);
}

// --- address spaces: CR3 values of PCIDs 1 and 2

constexpr u64 kOne = 0x10001, kTwo = 0x20002;

TEST_F(TlbTest, SpacesAreKeptForTheWayBack) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, false));
  tlb_->switchSpace(kOne, kTwo, true);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x2000, memory_ + 4096));
  const u64 generation = tlb_->generation();
  tlb_->switchSpace(kTwo, kOne, true);
  EXPECT_NE(tlb_->generation(), generation);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7008), 1), memory_ + 8);
  EXPECT_EQ(tlb_->write(LinearAddr(0x7008), 1), nullptr) << "rights are kept as they were";
  tlb_->switchSpace(kOne, kTwo, true);
  EXPECT_EQ(tlb_->write(LinearAddr(0x7008), 1), memory_ + 4096 + 8);
}

TEST_F(TlbTest, EnteringWithoutKeepDropsThatSpaceAlone) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  tlb_->switchSpace(kOne, kTwo, true);
  tlb_->fill(TlbBank::Supervisor, page(0x8000, 0x2000, memory_ + 4096));
  tlb_->switchSpace(kTwo, kOne, false);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->switchSpace(kOne, kTwo, true);
  EXPECT_NE(tlb_->read(LinearAddr(0x8000), 1), nullptr);
}

TEST_F(TlbTest, GlobalPagesBelongToAllSpaces) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_, true, true));
  tlb_->switchSpace(kOne, kTwo, false);
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->flushPage(LinearAddr(0x7000));
  tlb_->switchSpace(kTwo, kOne, true);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr) << "what was flushed does not come back";
}

TEST_F(TlbTest, ASpaceStaysWhereItIs) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  tlb_->switchSpace(kOne, kOne, true);
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->switchSpace(kOne, kOne, false);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
}

// A PCID with other tables than those it was left with has nothing to come back to.
TEST_F(TlbTest, OtherTablesAreAnotherSpace) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  tlb_->switchSpace(kOne, kTwo, true);
  tlb_->switchSpace(kTwo, kOne + 0x1000, true);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  tlb_->switchSpace(kOne + 0x1000, kOne, true);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
}

TEST_F(TlbTest, FlushesForgetKeptSpaces) {
  const std::function<void()> flushes[] = {[&] { tlb_->flushAll(); }, [&] { tlb_->flushNonGlobal(); },
                                           [&] { tlb_->forgetSpace(1); }};
  for (const auto& flush : flushes) {
    tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
    tlb_->switchSpace(kOne, kTwo, true);
    flush();
    tlb_->switchSpace(kTwo, kOne, true);
    EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
  }
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  tlb_->switchSpace(kOne, kTwo, true);
  tlb_->forgetSpace(3);
  tlb_->switchSpace(kTwo, kOne, true);
  EXPECT_NE(tlb_->read(LinearAddr(0x7000), 1), nullptr);
}

// Of many pages those that were filled last come back, also after a second time away.
TEST_F(TlbTest, WhatWasFilledLastIsKept) {
  for (u64 i = 0; i < 200; ++i) tlb_->fill(TlbBank::User, page(0x100000 + i * 4096, 0x1000, memory_));
  tlb_->select(TlbBank::User);
  for (int times = 0; times < 2; ++times) {
    tlb_->switchSpace(kOne, kTwo, true);
    tlb_->switchSpace(kTwo, kOne, true);
    EXPECT_EQ(tlb_->read(LinearAddr(0x100000), 1), nullptr);
    EXPECT_NE(tlb_->read(LinearAddr(0x100000 + 199 * 4096), 1), nullptr);
    EXPECT_NE(tlb_->read(LinearAddr(0x100000 + 110 * 4096), 1), nullptr);
  }
  tlb_->flushNonGlobal();
  for (u64 i = 0; i < 200; ++i)
    EXPECT_EQ(tlb_->read(LinearAddr(0x100000 + i * 4096), 1), nullptr) << "put back, and flushed again";
}

TEST_F(TlbTest, SpacesLeftLongAgoAreForgotten) {
  tlb_->fill(TlbBank::Supervisor, page(0x7000, 0x1000, memory_));
  for (u64 pcid = 1; pcid < 20; ++pcid) tlb_->switchSpace(pcid, pcid + 1, true);
  tlb_->switchSpace(20, 1, true);
  EXPECT_EQ(tlb_->read(LinearAddr(0x7000), 1), nullptr);
}

TEST_F(TlbTest, KeptCodeHasItsNameUntilNamesAreForgotten) {
  Translation t = page(0x7000, 0x1000, memory_).translation;
  tlb_->fillExec(true, LinearAddr(0x7000), t, memory_);
  tlb_->findExec(true, LinearAddr(0x7000))->name = 77;
  tlb_->switchSpace(kOne, kTwo, true);
  EXPECT_EQ(tlb_->findExec(true, LinearAddr(0x7000)), nullptr);
  tlb_->switchSpace(kTwo, kOne, true);
  ASSERT_NE(tlb_->findExec(true, LinearAddr(0x7000)), nullptr);
  EXPECT_EQ(tlb_->findExec(true, LinearAddr(0x7000))->name, 77u);
  tlb_->switchSpace(kOne, kTwo, true);
  tlb_->forgetNames();
  tlb_->switchSpace(kTwo, kOne, true);
  ASSERT_NE(tlb_->findExec(true, LinearAddr(0x7000)), nullptr);
  EXPECT_EQ(tlb_->findExec(true, LinearAddr(0x7000))->name, 0u);
}

}  // namespace
}  // namespace duet::mmu
