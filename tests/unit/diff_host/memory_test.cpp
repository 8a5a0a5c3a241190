// Memory: what a case changes is told and undone, pieces lie over pages, pages change with the Memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/diff_host/host.h"

namespace duet::diff::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// mov [rbx], eax
Case store(u64 address, u32 value) {
  return makeCase(World::User64, {0x89, 0x03}, [=](Case& c) {
    c.start.gpr[kRbx] = address;
    c.start.gpr[kRax] = value;
  });
}

TEST(HostMemory, TellsWrites) {
  const Outcome o = run(store(kData + 0x104, 0xa1a2a3a4));
  EXPECT_THAT(o.writes, ElementsAre(Piece{kData + 0x104, {0xa4, 0xa3, 0xa2, 0xa1}}));
}

TEST(HostMemory, TellsOnlyWhatChanged) {
  // Byte 105h of the page is 5 already.
  const Outcome o = run(store(kData + 0x104, 0xa1a205a4));
  EXPECT_THAT(o.writes, ElementsAre(Piece{kData + 0x104, {0xa4}}, Piece{kData + 0x106, {0xa2, 0xa1}}));
}

TEST(HostMemory, EndsRunsAtPages) {
  const Outcome o = run(store(kData + 0xffe, 0xa1a2a3a4));
  EXPECT_THAT(o.writes, ElementsAre(Piece{kData + 0xffe, {0xa4, 0xa3}}, Piece{kData + 0x1000, {0xa2, 0xa1}}));
}

TEST(HostMemory, IsRestored) {
  const Case cases[] = {
      store(kData + 0x200, 0x11111111),
      makeCase(World::User64, {0x8b, 0x03}, [](Case& c) { c.start.gpr[kRbx] = kData + 0x200; }),
      store(kData + 0x204, 0x11111111)};
  Outcome outcomes[3];
  ASSERT_TRUE(host().run(cases, outcomes));
  EXPECT_EQ(outcomes[1].after.gpr[kRax], 0x03020100u);
  EXPECT_THAT(outcomes[1].writes, IsEmpty());
  EXPECT_THAT(outcomes[2].writes, ElementsAre(Piece{kData + 0x204, {0x11, 0x11, 0x11, 0x11}}));
}

TEST(HostMemory, LaysPiecesOverPagesInOrder) {
  // movzx eax, byte [rbx]; a page that may only be read takes pieces, too, and a piece may cross pages.
  const auto readAt = [](u64 address) {
    return run64({0x0f, 0xb6, 0x03}, [=](Case& c) {
      c.start.gpr[kRbx] = address;
      c.pieces.push_back({kReadOnly + 0x10, {0xaa, 0xbb}});
      c.pieces.push_back({kReadOnly + 0x11, {0xcc}});
      c.pieces.push_back({kData + 0xfff, {0xdd, 0xee}});
    });
  };
  EXPECT_EQ(readAt(kReadOnly + 0x10).after.gpr[kRax], 0xaau);
  EXPECT_EQ(readAt(kReadOnly + 0x11).after.gpr[kRax], 0xccu);
  EXPECT_EQ(readAt(kData + 0xfff).after.gpr[kRax], 0xddu);
  EXPECT_EQ(readAt(kData + 0x1000).after.gpr[kRax], 0xeeu);
  EXPECT_THAT(readAt(kData).writes, IsEmpty());  // what pieces changed is no write
  EXPECT_EQ(run64({0x0f, 0xb6, 0x03}, [](Case& c) { c.start.gpr[kRbx] = kReadOnly + 0x10; }).after.gpr[kRax],
            0x10u);
}

TEST(HostMemory, CodeMayWriteItself) {
  // mov byte [rip+1], 48h; inc-prefix 40h 90h becomes 48h 90h; then mov byte [rip+0], 0f4h turns the NOP after it to HLT.
  const Bytes code{0xc6, 0x05, 0x00, 0x00, 0x00, 0x00, 0xf4, 0x90};
  const Outcome o = run(makeCase(World::User64, code, {}, kWritableCode));
  EXPECT_EQ(say(o), "#GP(0) at 20008007");
  EXPECT_THAT(o.writes, ElementsAre(Piece{kWritableCode + 7, {0xf4}}));
  EXPECT_EQ(say(run(makeCase(World::User64, {0x90}, {}, kWritableCode + 7))), "#BP at 20008009");
}

TEST(HostMemory, FollowsTheCasesMemory) {
  auto other = std::make_shared<Memory>(*testMemory());
  other->pages.erase(other->pages.begin() + 2);
  other->pages[1].bytes[0x300] = 0x77;
  const auto read = [](u64 address, std::shared_ptr<const Memory> memory) {
    return makeCase(World::User64, {0x0f, 0xb6, 0x03}, [&](Case& c) {
      c.start.gpr[kRbx] = address;
      c.memory = std::move(memory);
    });
  };
  const Case cases[] = {read(kData + 0x300, testMemory()), read(kData + 0x300, other),
                        read(kData + 0x1001, testMemory()), read(kData + 0x1001, other)};
  Outcome outcomes[4];
  ASSERT_TRUE(host().run(cases, outcomes));
  EXPECT_EQ(outcomes[0].after.gpr[kRax], 0u);
  EXPECT_EQ(outcomes[1].after.gpr[kRax], 0x77u);
  EXPECT_EQ(outcomes[2].after.gpr[kRax], 1u);
  EXPECT_EQ(say(outcomes[3]), "#PF(4) at 10000000, CR2 20001001");
}

TEST(HostMemory, RefusesWhatItCannotMap) {
  const auto runWith = [](auto&& change) {
    auto m = std::make_shared<Memory>(*testMemory());
    change(*m);
    return say(run64({0x90}, [&](Case& c) { c.memory = m; }));
  };
  EXPECT_EQ(runWith([](Memory& m) { m.pages.back().address = 4_GiB; }),
            "not run: it has a page at 0x100000000");
  EXPECT_EQ(runWith([](Memory& m) { std::swap(m.pages[3], m.pages[4]); }),
            "not run: its pages are not in order of address");
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.memory = nullptr; })), "not run: it has no memory");
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.pieces.push_back({kDataEnd - 1, {1, 2}}); })),
            "not run: its piece at 0x20001fff is not all in its memory");
  EXPECT_EQ(say(run64({0x90})), ranThrough(1));
}

TEST(HostMemory, ManyOutcomesAndLargeWritesGoThrough) {
  // rep stosb over both data pages, more often than outcomes fit at once.
  const Case fill = makeCase(World::User64, {0xf3, 0xaa}, [](Case& c) {
    c.start.gpr[kRdi] = kData;
    c.start.gpr[kRcx] = 0x2000;
    c.start.gpr[kRax] = 0x5a;
  });
  const std::vector<Case> cases(2000, fill);
  std::vector<Outcome> outcomes(cases.size());
  ASSERT_TRUE(host().run(cases, outcomes));
  for (const Outcome& o : outcomes) {
    ASSERT_EQ(say(o), ranThrough(2));
    ASSERT_EQ(o.after.gpr[kRcx], 0u);
    size_t bytes = 0;
    for (const Piece& piece : o.writes) bytes += piece.bytes.size();
    ASSERT_EQ(bytes, 0x2000u - 32);  // one byte in 256 held 5Ah before
  }
}

}  // namespace
}  // namespace duet::diff::test
