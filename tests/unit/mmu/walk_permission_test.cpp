// The permission matrix of SDM vol. 3 4.6 and the error codes of 4.7, against a transcription of the text.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/unit/mmu/page_tables.h"

namespace duet::mmu::test {
namespace {

struct Case {
  bool pageUser, pageWrite, pageXd;
  bool wp, smep, smap, nxe;
  unsigned key;  // 0 off; else 1 = AD, 2 = WD, 3 = both clear, in PKRU; 4 to 6 likewise in IA32_PKRS
  bool user, ac;
  AccessKind kind;
  bool longMode, pae;
};

bool bySupervisorKey(const Case& c) { return c.key > 3; }

// 4.6.2: AD forbids all data accesses, WD forbids writes (of supervisors only with CR0.WP). PKRU is for user-mode
// addresses, IA32_PKRS for supervisor-mode ones.
bool keyForbids(const Case& c) {
  if (!c.longMode || c.key == 0 || c.pageUser == bySupervisorKey(c) || c.kind == AccessKind::Fetch)
    return false;
  const unsigned rights = bySupervisorKey(c) ? c.key - 3 : c.key;
  if (rights == 1) return true;
  return rights == 2 && c.kind == AccessKind::Write && (c.user || c.wp);
}

bool supervisorMay(const Case& c) {
  switch (c.kind) {
    case AccessKind::Read:  // "Data may be read from any supervisor-mode address"
      if (!c.pageUser) return true;
      return c.smap ? c.ac : true;
    case AccessKind::Write:
      if (!c.pageUser) return c.wp ? c.pageWrite : true;
      if (!c.wp) return c.smap ? c.ac : true;
      return c.pageWrite && (c.smap ? c.ac : true);
    case AccessKind::Fetch:
      if (c.pageUser && c.smep) return false;
      return c.nxe && c.pae ? !c.pageXd : true;
  }
  return false;
}

bool userMay(const Case& c) {
  if (!c.pageUser) return false;
  switch (c.kind) {
    case AccessKind::Read:
      return true;
    case AccessKind::Write:
      return c.pageWrite;
    case AccessKind::Fetch:
      return c.nxe && c.pae ? !c.pageXd : true;
  }
  return false;
}

u32 expectedError(const Case& c) {
  u32 code = 1;
  if (c.kind == AccessKind::Write) code |= 2;
  if (c.user) code |= 4;
  // "either CR4.SMEP = 1, or CR4.PAE = 1 and IA32_EFER.NXE = 1"
  if (c.kind == AccessKind::Fetch && (c.smep || (c.pae && c.nxe))) code |= 16;
  if (keyForbids(c)) code |= 32;
  return code;
}

bool allowed(const Case& c) { return (c.user ? userMay(c) : supervisorMay(c)) && !keyForbids(c); }

// Applies the page's rights at entry `where`, the others being generous.
void prepare(MappedPage& page, const Case& c, size_t where) {
  page.change(where, c.pageXd && c.nxe ? kXd : 0, (c.pageUser ? 0 : kUs) | (c.pageWrite ? 0 : kRw));
  if (c.longMode) page.change(page.leaf(), u64{5} << 59);
  page.state.wp = c.wp;
  page.state.smep = c.smep;
  page.state.smap = c.smap;
  page.state.nxe = c.nxe;
  const bool supervisor = bySupervisorKey(c);
  page.state.pke = c.key != 0 && !supervisor;
  page.state.pks = supervisor;
  const unsigned rights = (supervisor ? c.key - 3 : c.key) % 3;  // AD is bit 0, WD bit 1 of a key's pair
  (supervisor ? page.state.pkrs : page.state.pkru) = rights << 10;
}

Case caseOf(unsigned n, PagingMode mode, AccessKind kind, unsigned key) {
  const auto flag = [n](unsigned i) { return (n >> i & 1) != 0; };
  return {flag(0),
          flag(1),
          flag(2),
          flag(3),
          flag(4),
          flag(5),
          flag(6),
          key,
          flag(7),
          flag(8),
          kind,
          mode >= PagingMode::Level4,
          mode != PagingMode::Bits32};
}

std::string describe(const Case& c, size_t where) {
  return fmt::format("entry {} page U{} W{} XD{} | WP{} SMEP{} SMAP{} NXE{} key{} | user{} AC{} kind {}",
                     where, c.pageUser, c.pageWrite, c.pageXd, c.wp, c.smep, c.smap, c.nxe, c.key, c.user,
                     c.ac, static_cast<int>(c.kind));
}

// `rights.kind` aside, a success also tells what else is allowed.
void checkRights(const Translation& t, Case c) {
  c.kind = AccessKind::Read;
  EXPECT_EQ(t.readable, allowed(c));
  c.kind = AccessKind::Fetch;
  EXPECT_EQ(t.executable, allowed(c));
}

void checkOne(const Shape& shape, const Case& c, size_t where, Memory& memory) {
  MappedPage page(memory, shape.mode, shape.pageSize);
  prepare(page, c, where);
  const Translation t = page.walk({c.kind, c.user, c.ac});
  ASSERT_EQ(t.ok, allowed(c)) << describe(c, where);
  if (!t.ok) {
    EXPECT_EQ(t.errorCode, expectedError(c)) << describe(c, where);
    EXPECT_FALSE(page.anyBit(kA | kD)) << "a faulting walk left A or D: " << describe(c, where);
    return;
  }
  checkRights(t, c);
  EXPECT_EQ(t.writable, c.kind == AccessKind::Write) << "D is set by a write only: " << describe(c, where);
  EXPECT_EQ((page.entry(page.leaf()) & kD) != 0, c.kind == AccessKind::Write);
}

class WalkPermission : public testing::TestWithParam<Shape> {};

TEST_P(WalkPermission, Matrix) {
  Memory memory;
  const Shape shape = GetParam();
  const size_t entries = MappedPage(memory, shape.mode, shape.pageSize).entries.size();
  for (size_t where = 0; where < entries; ++where)
    for (const AccessKind kind : {AccessKind::Read, AccessKind::Write, AccessKind::Fetch})
      for (unsigned key = 0; key < 7; ++key)
        for (unsigned n = 0; n < 512; ++n) {
          checkOne(shape, caseOf(n, shape.mode, kind, key), where, memory);
          if (HasFatalFailure()) return;
        }
}

std::string shapeName(const testing::TestParamInfo<Shape>& shape) {
  std::string name = fmt::format("{}_{}K", modeName(shape.param.mode), shape.param.pageSize >> 10);
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(All, WalkPermission, testing::ValuesIn(allShapes()), shapeName);

TEST(WalkExecuteDisable, IsReservedWithoutNxe) {
  for (const Shape& shape : allShapes()) {
    if (shape.mode == PagingMode::Bits32) continue;
    Memory memory;
    MappedPage page(memory, shape.mode, shape.pageSize);
    for (size_t i = 0; i < page.entries.size(); ++i) {
      page.change(i, kXd);
      EXPECT_EQ(page.walk({AccessKind::Read, false, false}).errorCode, 9u);
      page.change(i, 0, kXd);
    }
  }
}

}  // namespace
}  // namespace duet::mmu::test
