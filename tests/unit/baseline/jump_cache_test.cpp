// Compiled code finds code at other pages by itself, as long as the page is where it was (SDM vol. 3 4.10.4).
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <utility>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

using Bytes = std::vector<u8>;

constexpr u64 kFar = 0x100000;                        // called
constexpr u64 kFirst = 0x201000, kSecond = 0x202000;  // RAM behind it
constexpr u64 kEntry = 0x13000 + 8 * (kFar >> 12);    // its page table entry
constexpr u64 kOtherTables = 0x20000;

void append(Bytes& to, std::initializer_list<u8> bytes) { to.insert(to.end(), bytes); }

// How the far function is reached, what makes a new translation count.
struct Way {
  const char* name;
  Bytes call;   // behind it RIP is known: of 5 bytes or less
  Bytes flush;  // RDI: kFar, RBX: the root
};

class JumpCache : public testing::TestWithParam<Way> {
 protected:
  // RAX counts the calls: the first function adds 1, the second 256.
  void functions() {
    m_.put(kFirst, {0x48, 0xff, 0xc0, 0xc3});         // inc rax; ret
    m_.put(kSecond, {0x48, 0x05, 0, 1, 0, 0, 0xc3});  // add rax,256; ret
  }
  void put(u64 at, const Bytes& code) {
    for (size_t i = 0; i < code.size(); ++i) m_.putWord<u8>(at + i, code[i]);
  }
  void run(CpuState s) {
    s.gpr[kRdi] = kFar;
    s.gpr[kRbx] = s.cr3;
    m_.load(s);
    ASSERT_EQ(m_.run().reason, ExitReason::Halt);
  }

  BaselineRig m_;
};

const Way kWays[] = {
    {"DirectInvlpg", {0xe8}, {0x0f, 0x01, 0x3f}},          // call kFar; invlpg [rdi]
    {"IndirectInvlpg", {0xff, 0xd7}, {0x0f, 0x01, 0x3f}},  // call rdi
    {"DirectCr3", {0xe8}, {0x0f, 0x22, 0xdb}},             // mov cr3,rbx
    {"IndirectCr3", {0xff, 0xd7}, {0x0f, 0x22, 0xdb}},
};

// Ten calls; another page is put there; ten calls: the first ten see the one, the others the other.
TEST_P(JumpCache, SeesAnotherPageAfterAFlush) {
  const CpuState s = m_.longMode();
  functions();
  m_.putWord<u64>(kEntry, kFirst | 7);
  Bytes code;
  const auto callTen = [&] {
    append(code, {0xb9, 10, 0, 0, 0});  // mov ecx,10
    const size_t loop = code.size();
    if (GetParam().call.size() == 1) {
      const u32 distance = static_cast<u32>(kFar - (kCode + code.size() + 5));
      append(code, {0xe8, static_cast<u8>(distance), static_cast<u8>(distance >> 8),
                    static_cast<u8>(distance >> 16), static_cast<u8>(distance >> 24)});
    } else {
      code.insert(code.end(), GetParam().call.begin(), GetParam().call.end());
    }
    append(code, {0xff, 0xc9, 0x75});  // dec ecx; jnz loop
    code.push_back(static_cast<u8>(loop - (code.size() + 1)));
  };
  callTen();
  // mov qword [kEntry],kSecond|7
  append(code, {0x48, 0xc7, 0x04, 0x25, static_cast<u8>(kEntry), static_cast<u8>(kEntry >> 8),
                static_cast<u8>(kEntry >> 16), 0, 0x07, 0x20, 0x20, 0});
  code.insert(code.end(), GetParam().flush.begin(), GetParam().flush.end());
  callTen();
  code.push_back(0xf4);
  put(kCode, code);
  run(s);
  EXPECT_EQ(m_.state().gpr[kRax], 10 + 10 * 256u);
}

// Two address spaces with different code at one address, taking turns: each sees its own, and once all is compiled nothing
// has to leave compiled code but for the pages that come back.
TEST_P(JumpCache, KeepsTwoAddressSpacesApart) {
  CpuState s = m_.longMode();
  functions();
  m_.putWord<u64>(kEntry, kFirst | 7);
  // The same tables again, but for the far page.
  m_.putWord<u64>(kOtherTables, 0x21007);
  m_.putWord<u64>(0x21000, 0x22007);
  m_.putWord<u64>(0x22000, 0x23007);
  m_.putWord<u64>(0x22008, 0x14007);
  for (u64 i = 0; i < 512; ++i) m_.putWord<u64>(0x23000 + 8 * i, i << 12 | 7);
  m_.putWord<u64>(0x23000 + 8 * (kFar >> 12), kSecond | 7);
  Bytes code{0xb9, 100, 0, 0, 0};  // mov ecx,100
  const size_t loop = code.size();
  if (GetParam().call.size() == 1) {
    const u32 distance = static_cast<u32>(kFar - (kCode + code.size() + 5));
    append(code, {0xe8, static_cast<u8>(distance), static_cast<u8>(distance >> 8),
                  static_cast<u8>(distance >> 16), 0});
  } else {
    code.insert(code.end(), GetParam().call.begin(), GetParam().call.end());
  }
  append(code, {0x48, 0x81, 0xf3, 0, 0, 3, 0});  // xor rbx,30000h: the other root
  append(code, {0x0f, 0x22, 0xdb, 0xff, 0xc9, 0x75});
  code.push_back(static_cast<u8>(loop - (code.size() + 1)));
  code.push_back(0xf4);
  put(kCode, code);
  run(s);
  EXPECT_EQ(m_.state().gpr[kRax], 50 + 50 * 256u);
}

INSTANTIATE_TEST_SUITE_P(All, JumpCache, testing::ValuesIn(kWays),
                         [](const auto& way) { return std::string(way.param.name); });

// A function in another page that is called after each of 200 flushes: the flush and what comes behind it leave compiled
// code only until the page's translation is there again.
TEST(JumpCacheFlush, GlobalPagesStayKnown) {
  BaselineRig m;
  CpuState s = m.longMode();
  s.cr4 |= kCr4Pge;
  for (u64 i = 0; i < 1024; ++i) m.putWord<u64>(0x13000 + 8 * i, i << 12 | 0x107);
  // loop: call rdi; mov cr3,rbx; dec ecx; jnz loop; hlt
  m.put(kCode, {0xff, 0xd7, 0x0f, 0x22, 0xdb, 0xff, 0xc9, 0x75, 0xf7, 0xf4});
  m.put(kFar, {0x48, 0xff, 0xc0, 0xc3});
  s.gpr[kRdi] = kFar;
  s.gpr[kRbx] = s.cr3;
  s.gpr[kRcx] = 200;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 200u);
  const std::string table = m.statistics.table();
  const std::string line = "times compiled code was entered";
  const size_t at = table.find(line);
  ASSERT_NE(at, std::string::npos);
  EXPECT_LT(std::stoull(table.substr(at + line.size())), 40u) << "it was left for every call";
}

// A function in another page that is called 200 times, written to, and called 200 times more from the same place: the call finds
// the new code by itself as it found the old.
TEST(JumpCacheWrites, CodeThatWasWrittenToIsFoundAnew) {
  BaselineRig m;
  CpuState s = m.longMode();
  // again: mov ecx,200; loop: call kFar; dec ecx; jnz loop; mov byte [rdi+2],c8h; dec ebx; jnz again; hlt
  const u32 distance = static_cast<u32>(kFar - (kCode + 10));
  Bytes code{0xb9, 200, 0, 0, 0, 0xe8};
  for (unsigned i = 0; i < 4; ++i) code.push_back(static_cast<u8>(distance >> (8 * i)));
  append(code, {0xff, 0xc9, 0x75, 0xf7, 0xc6, 0x47, 0x02, 0xc8, 0xff, 0xcb, 0x75, 0xea, 0xf4});
  for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(kCode + i, code[i]);
  m.put(kFar, {0x48, 0xff, 0xc0, 0xc3});  // inc rax; ret: with C8 it is dec rax
  s.gpr[kRdi] = kFar;
  s.gpr[kRbx] = 2;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 0u);
  const std::string table = m.statistics.table();
  const std::string line = "times compiled code was entered";
  const size_t at = table.find(line);
  ASSERT_NE(at, std::string::npos);
  EXPECT_LT(std::stoull(table.substr(at + line.size())), 60u) << "it was left for every call";
}

// Four targets whose addresses differ by what a table has entries, in turn: of a call, two jumps and a return. Once all are known
// none makes compiled code be left.
TEST(JumpCacheConflicts, AddressesOfOneEntryAreAllKnown) {
  constexpr u64 kApart = tcg::baseline::JumpEntry::kSize, kBack = kFar + 3 * kApart;
  BaselineRig m;
  CpuState s = m.longMode();
  // call rdi; back: dec ecx; jnz the call; hlt
  m.put(kBack - 2, {0xff, 0xd7, 0xff, 0xc9, 0x75, 0xfa, 0xf4});
  m.put(kFar, {0x48, 0xff, 0xc0, 0xff, 0xe6});                       // inc rax; jmp rsi
  m.put(kFar + kApart, {0x48, 0x05, 0, 1, 0, 0, 0x41, 0xff, 0xe0});  // add rax,100h; jmp r8
  m.put(kFar + 2 * kApart, {0x48, 0x05, 0, 0, 1, 0, 0xc3});          // add rax,10000h; ret
  s.rip = kBack - 2;
  s.gpr[kRdi] = kFar;
  s.gpr[kRsi] = kFar + kApart;
  s.gpr[kR8] = kFar + 2 * kApart;
  s.gpr[kRcx] = 200;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 200 * 0x10101u);
  EXPECT_LT(number(m, "times compiled code was entered"), 40u) << "it was left for every target";
}

// Whatever drives out what: an address under a key is found with what was put there last, or not at all.
TEST(JumpTable, NeverTakesOneForAnother) {
  using tcg::baseline::JumpTable;
  const auto table = std::make_unique<JumpTable>();
  std::map<std::pair<u64, u64>, const void*> last;
  std::mt19937_64 random(1);
  u64 found = 0;
  for (u64 i = 0; i < 200000; ++i) {
    // Few entries, names that make up for small distances, canonical addresses of both halves.
    const u64 rip = (random() % 8 << 14) + random() % 4 - (random() % 2 ? 0 : u64{1} << 20);
    const u64 key = rip + 1 + random() % 4 * 0x1000;
    const void*& known = last[{rip, key}];
    const void* there = table->find(rip, key);
    if (there) {
      ++found;
      ASSERT_EQ(there, known);
    }
    if (random() % 4) continue;
    known = reinterpret_cast<const void*>(i + 1);
    table->put(rip, key, known);
    ASSERT_EQ(table->find(rip, key), known);
  }
  EXPECT_GT(found, 10000u);
  table->clear();
  for (const auto& [what, code] : last) ASSERT_EQ(table->find(what.first, what.second), nullptr);
}

// More pages than there are names for: what was remembered under old ones is forgotten, and nothing goes astray.
TEST(PageNames, RunOutAndComeAgain) {
  tcg::baseline::PageNames names;
  u32 name = 0, given = 0;
  for (u64 page = 0; (name = names.of(page << 12, page, 2)); ++page) ++given;
  EXPECT_GT(given, 16000u);
  EXPECT_EQ(names.of(5 << 12, 5, 2), names.of(5 << 12, 5, 2));
  const u32 before = names.of(5 << 12, 5, 2);
  EXPECT_NE(before, names.of(5 << 12, 6, 2)) << "0, as there are none left";
  EXPECT_TRUE(names.forget());
  const u32 first = names.of(5 << 12, 5, 2);
  EXPECT_NE(first, before);
  EXPECT_GT(first, given) << "no name is given twice";
  EXPECT_NE(names.of(5 << 12, 6, 2), first);
  EXPECT_NE(names.of(6 << 12, 5, 2), first);
  EXPECT_NE(first & tcg::baseline::PageNames::kShortMask, 0u);
  EXPECT_NE(names.of(5 << 12, 5, 4), first) << "it was written to";
}

}  // namespace
}  // namespace duet::test
