// What regions promise: exact budgets, code that changes, exact states at every way out, and that they run at all.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "core/base/log.h"
#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

// inc rax; dec rcx; jnz back; hlt
void putLoop(EngineRig& m) { m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4}); }

TEST(Region, RunsALoop) {
  RegionRig m;
  putLoop(m);
  CpuState s = m.longMode();
  s.gpr[kRcx] = 100000;
  m.load(s);
  const VcpuExit exit = m.run(1000000);
  EXPECT_EQ(exit.reason, ExitReason::Halt);
  EXPECT_EQ(exit.instructions, 300001u);
  EXPECT_EQ(m.state().gpr[kRax], 100000u);
  EXPECT_GE(m.regions->counts().installed, 1u);
}

// Constants at both ends of the address space: their distance is no offset, and each is looked for.
TEST(Region, LooksForConstantsFarAwayByThemselves) {
  for (const u64 far : {0x7fffffffffffffffu, 0x8000000000000000u, 0x7ffffffffffffffdu}) {
    RegionRig m;
    m.put(kCode, {0x8b, 0x0c, 0x25, 0x00, 0x00, 0x20, 0x00, 0xa1});  // mov ecx,[kData]; mov eax,[far]; hlt
    m.putWord<u64>(kCode + 8, far);
    m.put(kCode + 16, {0xf4});
    m.putWord<u32>(kData, 0x77);
    CpuState s = m.longMode();
    s.gpr[kRax] = 5;
    m.load(s);
    EXPECT_EQ(m.run(100000).reason, ExitReason::Shutdown);  // #GP: not canonical
    EXPECT_GE(m.regions->counts().installed, 1u);
    EXPECT_EQ(m.state().gpr[kRcx], 0x77u);
    EXPECT_EQ(m.state().gpr[kRax], 5u);
  }
}

TEST(Region, IsShownToWhoeverLooksAtCode) {
  struct Seen : tcg::CodeSink {
    std::vector<tcg::CompiledCode> regions;
    void added(const tcg::CompiledCode& made) override {
      if (made.tier == std::string_view("llvm")) regions.push_back(made);
    }
    void dropped(unsigned) override { regions.clear(); }
  } seen;
  RegionRig m(tcg::region::everything(), &seen);
  putLoop(m);
  CpuState s = m.longMode();
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(seen.regions.size(), m.regions->counts().installed);
  ASSERT_GE(seen.regions.size(), 1u);
  EXPECT_EQ(seen.regions[0].rip, u64{kCode});
  EXPECT_EQ(seen.regions[0].instructions, 3u);
  EXPECT_GT(seen.regions[0].code.size(), 0u);
}

// Instructions of the regions that LLVM made for one address.
struct SizesAt : tcg::CodeSink {
  explicit SizesAt(u64 at) : rip(at) {}
  void added(const tcg::CompiledCode& made) override {
    if (made.tier == std::string_view("llvm") && made.rip == rip) sizes.push_back(made.instructions);
  }
  void dropped(unsigned) override {}
  const u64 rip;
  std::vector<u32> sizes;
};

// An inner loop that goes round 2,000,000 times first, three times each later on: a region of it alone is left again and again. Once it
// is gone a larger one takes its place.
TEST(Region, TakesThePlaceOfOneThatWasTooSmall) {
  SizesAt inner(kCode + 5);
  RegionRig m({.synchronous = true, .slice = 1000, .samples = 2}, &inner);
  // mov ecx,2000000; inner: dec ecx; jnz inner; mov ecx,3; dec edx; jnz inner; hlt
  m.put(kCode,
        {0xb9, 0x80, 0x84, 0x1e, 0, 0xff, 0xc9, 0x75, 0xfc, 0xb9, 3, 0, 0, 0, 0xff, 0xca, 0x75, 0xf3, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRdx] = 1000000;
  m.load(s);
  EXPECT_EQ(m.run(100000000).reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().removed, 1u);
  ASSERT_GE(inner.sizes.size(), 2u);
  EXPECT_EQ(inner.sizes.front(), 2u);
  EXPECT_EQ(inner.sizes.back(), 5u);
}

// A loop of two instructions in a function that does other things before and behind it; CPUID, which regions have not, keeps those who
// call it out.
void putLoopInFunction(EngineRig& m) {
  // main: xor eax,eax; cpuid; call f; dec edi; jnz main; hlt
  m.put(kCode, {0x31, 0xc0, 0x0f, 0xa2, 0xe8, 0xf7, 0x0f, 0, 0, 0xff, 0xcf, 0x75, 0xf3, 0xf4});
  // f: mov ecx,esi; inner: dec ecx; jnz inner; mov ebx,1; ret
  m.put(kCode + 0x1000, {0x89, 0xf1, 0xff, 0xc9, 0x75, 0xfc, 0xbb, 1, 0, 0, 0, 0xc3});
}
CpuState callsOfLoop(RegionRig& m, u64 calls, u64 rounds) {
  putLoopInFunction(m);
  CpuState s = m.longMode();
  s.gpr[kRdi] = calls;
  s.gpr[kRsi] = rounds;
  return s;
}

// Of what has run around a loop nothing is compiled that control does not come back from.
TEST(Region, IsALoopAlone) {
  SizesAt inner(kCode + 0x1002);
  RegionRig m({.synchronous = true, .slice = 1000, .samples = 2}, &inner);
  for (const u64 rounds : {1, 1000000}) {
    m.load(callsOfLoop(m, 5, rounds));
    EXPECT_EQ(m.run(100000000).reason, ExitReason::Halt);
  }
  EXPECT_EQ(inner.sizes, std::vector<u32>{2});
}

// If the loop ends soon each time, the rest of the function is taken in.
TEST(Region, TakesInWhatLiesAroundALoopThatIsLeftSoon) {
  SizesAt inner(kCode + 0x1002);
  RegionRig m({.synchronous = true, .slice = 1000, .samples = 2}, &inner);
  m.load(callsOfLoop(m, 300000, 3));
  EXPECT_EQ(m.run(100000000).reason, ExitReason::Halt);
  EXPECT_EQ(inner.sizes, (std::vector<u32>{2, 4}));
}

// What would be the same region again is not compiled again: CPUID, which regions have not, keeps it from becoming a larger one.
TEST(Region, IsPutBackWhenItWouldBeTheSame) {
  SizesAt inner(kCode + 5);
  RegionRig m({.synchronous = true, .slice = 1000, .samples = 2}, &inner);
  // mov esi,3; inner: dec esi; jnz inner; xor eax,eax; cpuid; dec edi; jnz outer; hlt
  m.put(kCode,
        {0xbe, 3, 0, 0, 0, 0xff, 0xce, 0x75, 0xfc, 0x31, 0xc0, 0x0f, 0xa2, 0xff, 0xcf, 0x75, 0xef, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRdi] = 300000;
  m.load(s);
  EXPECT_EQ(m.run(100000000).reason, ExitReason::Halt);
  const tcg::RegionCounts& counts = m.regions->counts();
  EXPECT_GE(counts.putBack, 1u);
  EXPECT_GT(counts.removed, counts.putBack) << "taken out again, as it runs no more than before";
  EXPECT_EQ(counts.installed, counts.compiled);
  const std::set<u32> different(inner.sizes.begin(), inner.sizes.end());
  EXPECT_EQ(different.size(), inner.sizes.size());
}

// All that compiled code would run unseen, regions too.
TEST(Region, GivesWayToBlocksThatAreToBeSeen) {
  const std::string path = fmt::format("{}/duet-region-trace-{}", testing::TempDir(), getpid());
  ASSERT_TRUE(configureLog("exec", path));
  {
    RegionRig m;
    putLoop(m);
    CpuState s = m.longMode();
    s.gpr[kRcx] = 50;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.regions, nullptr);
  }
  ASSERT_TRUE(configureLog("", "/dev/null"));  // closes the file
  std::ifstream file(path);
  const std::vector<char> log{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  EXPECT_EQ(std::ranges::count(log, '\n'), 51);
}

// A way out brings what is in registers and on the stack, numbers of 32 and of 64 bits, and leaves alone what did not change.
TEST(Region, WaysOutBringEveryRegister) {
  RegionRig m;
  // mov rax,123456789abcdef0h; mov rbx,-5; mov edi,80000000h; inc r8; add r9,2; ...; add r14,7; add rdx,rsi; add rsi,8; add rbp,9;
  // add rsp,16; dec rcx; jnz back; hlt
  m.put(kCode, {0x48, 0xb8, 0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0x48, 0xc7, 0xc3, 0xfb,
                0xff, 0xff, 0xff, 0xbf, 0x00, 0x00, 0x00, 0x80, 0x49, 0xff, 0xc0, 0x49, 0x83, 0xc1,
                0x02, 0x49, 0x83, 0xc2, 0x03, 0x49, 0x83, 0xc3, 0x04, 0x49, 0x83, 0xc4, 0x05, 0x49,
                0x83, 0xc5, 0x06, 0x49, 0x83, 0xc6, 0x07, 0x48, 0x01, 0xf2, 0x48, 0x83, 0xc6, 0x08,
                0x48, 0x83, 0xc5, 0x09, 0x48, 0x83, 0xc4, 0x10, 0x48, 0xff, 0xc9, 0x75, 0xbb, 0xf4});
  constexpr u64 kRounds = 1000;
  CpuState s = m.longMode();
  for (unsigned n = 0; n < 16; ++n) s.gpr[n] = u64{0x1111111111111111} * n;
  s.gpr[kRcx] = kRounds;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().installed, 1u);
  EXPECT_LT(number(m, "times compiled code was entered"), 20u);
  const CpuState after = m.state();
  EXPECT_EQ(after.gpr[kRax], 0x123456789abcdef0u);
  EXPECT_EQ(after.gpr[kRbx], static_cast<u64>(-5));
  EXPECT_EQ(after.gpr[kRcx], 0u);
  EXPECT_EQ(after.gpr[kRdx], s.gpr[kRdx] + kRounds * s.gpr[kRsi] + 8 * kRounds * (kRounds - 1) / 2);
  EXPECT_EQ(after.gpr[kRsi], s.gpr[kRsi] + 8 * kRounds);
  EXPECT_EQ(after.gpr[kRdi], 0x80000000u);
  EXPECT_EQ(after.gpr[kRbp], s.gpr[kRbp] + 9 * kRounds);
  EXPECT_EQ(after.gpr[kRsp], s.gpr[kRsp] + 16 * kRounds);
  for (unsigned n = 8; n < 15; ++n) EXPECT_EQ(after.gpr[n], s.gpr[n] + (n - 7) * kRounds) << n;
  EXPECT_EQ(after.gpr[15], s.gpr[15]);
}

TEST(Region, BudgetsAreExact) {
  for (u64 budget = 1; budget < 40; ++budget) {
    RegionRig m;
    putLoop(m);
    CpuState s = m.longMode();
    s.gpr[kRcx] = 1000;
    m.load(s);
    const VcpuExit exit = m.run(budget);
    EXPECT_EQ(exit.reason, ExitReason::Budget);
    EXPECT_EQ(exit.instructions, budget);
    EXPECT_EQ(m.state().gpr[kRax], (budget + 2) / 3);
    EXPECT_EQ(m.state().gpr[kRcx], 1000 - (budget + 1) / 3);
  }
}

// A store into the next instruction of its own loop (SDM vol. 3 11.6): the first time round it is decoded as it was.
TEST(Region, StoresIntoTheirOwnCodeCount) {
  RegionRig m;
  // back: mov byte [rip+1],42h (the immediate of the next instruction); mov al,0; dec ecx; jnz back; hlt
  m.put(kCode, {0xc6, 0x05, 0x01, 0, 0, 0, 0x42, 0xb0, 0x00, 0xff, 0xc9, 0x75, 0xf3, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRcx] = 5;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax] & 0xff, 0x42u);
}

TEST(Region, GoesOnBehindAStoreBesideCode) {
  RegionRig m;
  m.load(storesBesideCode(m, 1000));
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000u);
  EXPECT_EQ(m.word<u64>(kData + 0x800), 1u);
  EXPECT_GE(m.regions->counts().installed, 1u);
  EXPECT_LT(number(m, "stores into clean pages or pages with code"), 20u);
}

// Each page is touched for the first time in the middle of the loop, with the flags of the comparison before it to be kept:
// setc dl after the load counts how often rcx was below 3.
TEST(Region, FlagsAreExactWhereATranslationIsMissing) {
  RegionRig m;
  // back: cmp rcx,3; mov rax,[rsi]; setc dl; movzx edx,dl; add rbx,rdx; add rsi,1000h; dec rcx; jnz back; hlt
  m.put(kCode, {0x48, 0x83, 0xf9, 0x03, 0x48, 0x8b, 0x06, 0x0f, 0x92, 0xc2, 0x0f, 0xb6, 0xd2, 0x48, 0x01,
                0xd3, 0x48, 0x81, 0xc6, 0,    0x10, 0,    0,    0x48, 0xff, 0xc9, 0x75, 0xe4, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRcx] = 100;
  s.gpr[kRsi] = kData;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], 2u);
}

// A region whose first instruction finds no translation leaves that round to the block, and has the next one.
TEST(Region, HasTheRoundBehindAMissingTranslation) {
  RegionRig m({.synchronous = true, .slice = 20000, .samples = 2});
  // back: mov rax,[rsi]; lea rsi,[rsi+8]; dec rcx; jnz back; hlt
  m.put(kCode, {0x48, 0x8b, 0x06, 0x48, 0x8d, 0x76, 0x08, 0x48, 0xff, 0xc9, 0x75, 0xf4, 0xf4});
  const auto walk = [&](u64 from) {  // over 100 pages
    CpuState s = m.longMode();
    s.gpr[kRsi] = from;
    s.gpr[kRcx] = 51200;
    m.load(s);
    EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
  };
  walk(kData);
  ASSERT_EQ(m.regions->counts().installed, 1u);
  const u64 before = m.tier->runsOf(0).ran;
  walk(kData + 0x100000);
  EXPECT_GE(m.tier->runsOf(0).ran - before, 4u * 51200 - 4 * 100 - 100)
      << "all but the first round of each page";
}

// Calls and returns stay inside: fib(12) = 144.
TEST(Region, FollowsCallsAndReturns) {
  RegionRig m({.synchronous = true, .everything = true});
  // mov edi,12; call fib; hlt; fib: cmp edi,2; jae deep; mov eax,edi; ret;
  // deep: push rdi; sub edi,1; call fib; pop rdi; push rax; sub edi,2; call fib; pop rcx; add eax,ecx; ret
  m.put(kCode, {0xbf, 12,   0,    0,    0,    0xe8, 1,    0,    0,    0,    0xf4, 0x83, 0xff, 0x02,
                0x73, 0x03, 0x89, 0xf8, 0xc3, 0x57, 0x83, 0xef, 0x01, 0xe8, 0xef, 0xff, 0xff, 0xff,
                0x5f, 0x50, 0x83, 0xef, 0x02, 0xe8, 0xe5, 0xff, 0xff, 0xff, 0x59, 0x01, 0xc8, 0xc3});
  m.load(m.longMode());
  EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 144u);
  EXPECT_EQ(m.state().gpr[kRsp], 0x8000u);
}

// mov [rdi],al; add rbx,imm32, which lies over the end of a page, 4 of its bytes behind it; dec rcx; jnz back; hlt
constexpr u64 kTwoPages = 0x1ffb, kImmediate = 0x2000;
void putLoopOverTwoPages(EngineRig& m) {
  m.put(kTwoPages, {0x88, 0x07, 0x48, 0x81, 0xc3, 1, 0, 0, 0, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
}
CpuState hotOverTwoPages(RegionRig& m, u64 rounds) {
  putLoopOverTwoPages(m);
  CpuState s = m.longMode();
  s.rip = kTwoPages;
  s.gpr[kRdi] = kData;
  s.gpr[kRcx] = u64{1} << 40;
  m.load(s);
  EXPECT_EQ(m.run(4 * rounds).reason, ExitReason::Budget);
  EXPECT_GE(m.regions->counts().installed, 1u);
  EXPECT_EQ(m.regions->counts().instructions, 4 * m.regions->counts().installed) << "all of the loop";
  CpuState now = m.state();
  EXPECT_EQ(now.rip, kTwoPages);
  EXPECT_EQ(now.gpr[kRbx], rounds);
  now.gpr[kRbx] = 0;
  now.gpr[kRcx] = 1000;
  return now;
}
const RegionOptions kSoon{.synchronous = true, .slice = 2000, .samples = 2};

// A device writes to the instruction's bytes in the second page.
TEST(Region, NoticesWritesToItsSecondPage) {
  RegionRig m(kSoon);
  const CpuState s = hotOverTwoPages(m, 100000);
  m.putWord<u32>(kImmediate, 5);
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], 5000u);
}

// The second page becomes another one, whose instruction adds 7.
TEST(Region, NoticesThatItsSecondPageIsAnother) {
  constexpr u64 kOther = 0x5000;
  RegionRig m(kSoon);
  const CpuState s = hotOverTwoPages(m, 100000);
  m.put(kOther, {7, 0, 0, 0, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
  m.putWord<u64>(0x13000 + 8 * 2, kOther | 7);
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], 7000u);
}

// A loop that walks over pages, each somewhere else in RAM: what was found for one is not good for the next.
TEST(Region, WalksOverPagesThatLieApart) {
  constexpr u64 kPages = 3, kFrom = 0x300000, kTo = 0x310000, kWords = kPages * 512;
  RegionRig m;
  // again: mov rax,[rsi]; mov [rdi],rax; add rsi,8; add rdi,8; dec ecx; jnz again; hlt
  m.put(kCode, {0x48, 0x8b, 0x06, 0x48, 0x89, 0x07, 0x48, 0x83, 0xc6, 0x08, 0x48, 0x83, 0xc7, 0x08, 0xff,
                0xc9, 0x75, 0xee, 0xf4});
  CpuState s = m.longMode();
  const auto frame = [](u64 base, u64 page) { return base + (5 * page % 7) * 0x1000; };
  for (u64 p = 0; p < kPages; ++p) {
    for (const u64 base : {kFrom, kTo}) m.putWord<u64>(0x13000 + ((base >> 12) + p) * 8, frame(base, p) | 7);
    for (u64 i = 0; i < 512; ++i) m.putWord<u64>(frame(kFrom, p) + 8 * i, 1000 * p + i);
  }
  s.gpr[kRsi] = kFrom + 4;  // words cross from page to page
  s.gpr[kRdi] = kTo;
  s.gpr[kRcx] = kWords - 1;
  m.load(s);
  EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().installed, 1u);
  for (u64 i = 0; i + 1 < kWords; ++i) {
    const auto word = [](u64 n) { return 1000 * (n / 512) + n % 512; };
    EXPECT_EQ(m.word<u64>(frame(kTo, i / 512) + 8 * (i % 512)), word(i) >> 32 | word(i + 1) << 32) << i;
  }
}

// Down and up through pages that lie apart in RAM, by reads some of which lie in two.
TEST(Region, ReadsOverBordersOfPagesThatLieApart) {
  constexpr u64 kReads = 2500, kTop = 3 * kPageSize;
  for (const bool down : {true, false}) {
    RegionRig m;
    // back: lea rax,[rax+rax*2]; add rax,[rsi]; sub rsi,4, or add rsi,4; dec ecx; jnz back; hlt
    m.put(kCode,
          {0x48, 0x8d, 0x04, 0x40, 0x48, 0x03, 0x06, 0x48, 0x83, 0xee, 0x04, 0xff, 0xc9, 0x75, 0xf1, 0xf4});
    if (!down) m.putWord<u8>(kCode + 9, 0xc6);
    CpuState s = m.longMode();
    mapApart(m);
    const auto wordAt = [](u64 at) { return static_cast<u32>(at * 2654435761); };
    for (u64 at = 0; at < 4 * kPageSize; at += 4) m.putWord<u32>(placeInRam(kData + at), wordAt(at));
    u64 at = down ? kTop : 0, expected = s.gpr[kRax];
    s.gpr[kRsi] = kData + at;
    s.gpr[kRcx] = kReads;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
    for (u64 n = 0; n < kReads; ++n, at = down ? at - 4 : at + 4)
      expected = 3 * expected + (wordAt(at) | u64{wordAt(at + 4)} << 32);
    EXPECT_EQ(m.state().gpr[kRax], expected);
    EXPECT_GE(m.regions->counts().installed, 1u);
  }
}

// The same with stores, none over another.
TEST(Region, WritesOverBordersOfPagesThatLieApart) {
  constexpr u64 kWrites = 1000, kTop = 3 * kPageSize;
  for (const bool down : {true, false}) {
    RegionRig m;
    // back: lea rax,[rax+rax*2+1]; mov [rsi],rax; sub rsi,12, or add rsi,12; dec ecx; jnz back; hlt
    m.put(kCode, {0x48, 0x8d, 0x44, 0x40, 0x01, 0x48, 0x89, 0x06, 0x48, 0x83, 0xee, 0x0c, 0xff, 0xc9, 0x75,
                  0xf0, 0xf4});
    if (!down) m.putWord<u8>(kCode + 10, 0xc6);
    CpuState s = m.longMode();
    mapApart(m);
    u64 at = down ? kTop : 0, value = 7;
    s.gpr[kRax] = value;
    s.gpr[kRsi] = kData + at;
    s.gpr[kRcx] = kWrites;
    m.load(s);
    EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
    EXPECT_GE(m.regions->counts().installed, 1u);
    std::vector<u32> expected(kPageSize);  // words of the four pages
    for (u64 n = 0; n < kWrites; ++n, at = down ? at - 12 : at + 12) {
      value = 3 * value + 1;
      expected[at / 4] = static_cast<u32>(value);
      expected[at / 4 + 1] = static_cast<u32>(value >> 32);
    }
    for (u64 i = 0; i < expected.size(); ++i)
      ASSERT_EQ(m.word<u32>(placeInRam(kData + 4 * i)), expected[i]) << 4 * i;
  }
}

// back: add rax,imm8, which lies over the end of a page; dec rcx; jnz back; hlt. A region begins there, too; when it may not, as its second
// page is another one, so does the block behind it.
TEST(Region, BeginsAtAnInstructionOverTwoPages) {
  constexpr u64 kLast = 0x1fff, kOther = 0x5000;
  struct Heads : tcg::CodeSink {
    std::vector<u64> all;
    void added(const tcg::CompiledCode& made) override {
      if (made.tier == std::string_view("llvm")) all.push_back(made.rip);
    }
    void dropped(unsigned) override {}
  } heads;
  RegionRig m(tcg::region::everything(), &heads);
  m.put(kLast, {0x48, 0x83, 0xc0, 0x01, 0x48, 0xff, 0xc9, 0x75, 0xf7, 0xf4});
  CpuState s = m.longMode();
  s.rip = kLast;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000u);
  EXPECT_EQ(std::ranges::count(heads.all, kLast), 1);
  m.put(kOther, {0x83, 0xc0, 0x07, 0x48, 0xff, 0xc9, 0x75, 0xf7, 0xf4});
  m.putWord<u64>(0x13000 + 8 * 2, kOther | 7);
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 7000u);
}

// Every 80 instructions a handler ends the run of compiled code (MOV to CR3); the loop in between is hot all the same.
TEST(Region, IsFoundInCodeThatIsLeftOften) {
  RegionRig m(tcg::region::pinned());
  // outer: mov edx,40; inner: dec edx; jnz inner; mov cr3,rax; dec rcx; jnz outer; hlt
  m.put(kCode,
        {0xba, 40, 0, 0, 0, 0xff, 0xca, 0x75, 0xfc, 0x0f, 0x22, 0xd8, 0x48, 0xff, 0xc9, 0x75, 0xef, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRax] = kTables;
  s.gpr[kRcx] = 10000;
  m.load(s);
  EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().installed, 1u);
}

// Mail ends a loop that would not end.
TEST(Region, MailEndsIt) {
  RegionRig m;
  m.put(kCode, {0xeb, 0xfe});
  m.load(m.longMode());
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    m.vcpu->requestExit();
  });
  EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Cancelled);
  other.join();
}

// In the background: the loop is hot, is compiled, and goes on in its region.
TEST(Region, ComesWhileTheGuestRuns) {
  RegionRig m({.slice = 2000, .samples = 2});
  putLoop(m);
  CpuState s = m.longMode();
  s.gpr[kRcx] = u64{1} << 62;
  m.load(s);
  // Whole rounds of the loop, however many runs it takes.
  for (int i = 0; i < 1000 && !m.regions->counts().installed; ++i)
    EXPECT_EQ(m.run(9'999'999).reason, ExitReason::Budget);
  EXPECT_GE(m.regions->counts().installed, 1u);
  EXPECT_EQ(m.run(3'000'000).instructions, 3'000'000u);
  EXPECT_EQ(m.state().gpr[kRax] + m.state().gpr[kRcx], u64{1} << 62);
}

}  // namespace
}  // namespace duet::test
