// Regions that are found again, and those that must not be.
#include "cpu-tcg/cache/code_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "core/base/log.h"
#include "tests/unit/cache/plans.h"

namespace duet::test {
namespace {

using tcg::cache::CodeCache;
using tcg::cache::keyOf;
using tcg::region::Code;
using tcg::region::Plan;
namespace fs = std::filesystem;

// lea rax,[rip+100h]; call elsewhere
const std::vector<u8> kBytes = {0x48, 0x8d, 0x05, 0, 1, 0, 0, 0xe8, 0, 2, 0, 0};

Code someCode(u64 rip) {
  return {{0x90, 0xc3}, {{rip, false, false, false}, {0, true, false, false}}, 2, 77};
}

std::shared_ptr<CodeCache> open(const Scratch& scratch, const std::string& maker = "us",
                                u64 most = CodeCache::kMostBytes) {
  auto cache = CodeCache::open(scratch.path(), maker, most);
  EXPECT_TRUE(cache.has_value()) << cache.error().message;
  return std::move(*cache);
}

u64 headAt(const CodeCache& cache, u64 rip) { return cache.headOf(kBytes, rip); }

std::optional<CodeCache::Found> findAt(CodeCache& cache, u64 rip, const Plan& plan) {
  return cache.find(headAt(cache, rip), [&](const tcg::cache::Shape&) { return std::optional(plan); });
}

TEST(CodeCache, IsGoodForTheNextRunAndAnotherAddress) {
  const Scratch scratch;
  const u64 here = 0x401230, there = 0x7fff12345230;
  {
    const auto cache = open(scratch);
    EXPECT_FALSE(cache->mayHave(headAt(*cache, here)));
    cache->put(headAt(*cache, here), planAt(here, kBytes), someCode(0x402000));
    EXPECT_TRUE(cache->mayHave(headAt(*cache, here))) << "another vCPU's";
  }
  const auto cache = open(scratch);
  ASSERT_TRUE(cache->mayHave(headAt(*cache, there)));
  const auto found = findAt(*cache, there, planAt(there, kBytes));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->code.bytes, someCode(0).bytes);
  EXPECT_EQ(found->code.exits[0].rip, 0x7fff12346000u) << "as far away as it was";
  EXPECT_TRUE(found->code.exits[1].dynamic);
}

TEST(CodeCache, KnowsWhatIsOfThisRun) {
  const Scratch scratch;
  const Plan plan = planAt(0x401230, kBytes);
  const auto isOwn = [&](CodeCache& cache) {
    const auto found = findAt(cache, 0x401230, plan);
    EXPECT_TRUE(found.has_value());
    return found && found->own;
  };
  const auto put = [&](CodeCache& cache) { cache.put(headAt(cache, 0x401230), plan, someCode(0x402000)); };
  const auto first = open(scratch);
  put(*first);
  EXPECT_TRUE(isOwn(*first));
  const auto second = open(scratch);
  EXPECT_FALSE(isOwn(*second));
  put(*second);
  EXPECT_TRUE(isOwn(*second)) << "as another form of it was asked for, or it was damaged";
}

TEST(CodeCache, AsksForWhereIndirectJumpsGo) {
  const Scratch scratch;
  const auto cache = open(scratch);
  Plan plan = planAt(0x401230, kBytes);
  plan.indirect = {0x401500, 0x3ff000};
  cache->put(headAt(*cache, 0x401230), plan, someCode(0x402000));
  const auto found = cache->find(headAt(*cache, 0x501230), [&](const tcg::cache::Shape& shape) {
    EXPECT_EQ(shape.indirect.size(), 2u);
    Plan again = planAt(0x501230, kBytes);
    for (const u64 d : shape.indirect) again.indirect.push_back(0x501000 + d);
    return std::optional(again);
  });
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->plan.indirect, (std::vector<u64>{0x501500, 0x4ff000}));
}

// Whatever code depends on tells regions apart.
TEST(CodeCache, KeysDifferWhereCodeWould) {
  const Plan plan = planAt(0x401230, kBytes);
  const auto key = keyOf(plan, "us");
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(keyOf(planAt(0x7fff12345230, kBytes), "us"), key);
  std::vector<Plan> others(9, plan);
  others[0].nodes[0].steps[0].bytes[3] ^= 1;  // the displacement
  others[1].layout.tlbRead += 8;              // another bank
  others[2].amd = !plan.amd;
  others[3].canonicalShift = 7;
  others[4].decoding ^= 1;
  others[5].indirect.push_back(0x401500);
  others[6].nodes[0].next += 1;
  others[7] = planAt(0x401231, kBytes);
  others[8].alone = !plan.alone;
  for (size_t i = 0; i < others.size(); ++i) EXPECT_NE(keyOf(others[i], "us"), key) << i;
  EXPECT_NE(keyOf(plan, "them"), key);
  std::vector<u8> elsewhere = kBytes;
  elsewhere[8] ^= 1;  // where the call goes
  EXPECT_NE(keyOf(planAt(0x401230, elsewhere), "us"), key);
  const u32 version = 8;
  const u64 page = 3;
  Plan same = plan;
  same.pages = {{0x401000, page, version}};
  EXPECT_NE(keyOf(same, "us"), key) << "how many pages there are is part of the code";
  Plan again = same;
  again.pages[0].version += 2;
  again.pages[0].ram += 1;
  EXPECT_EQ(keyOf(again, "us"), keyOf(same, "us")) << "where in RAM it lies is found in the frame";
}

// A kernel that lies elsewhere next time has other numbers in its code, all of them as much greater.
TEST(CodeCache, KnowsKernelsThatMoved) {
  const auto key = [](u64 base, u64 symbol, u64 table) {
    std::vector<u8> code = {0x48, 0xc7, 0x84, 0xc5, 0, 0,
                            0,    0,    0,    0,    0, 0};  // mov qword [rbp+rax*8+table],symbol
    for (unsigned i = 0; i < 4; ++i) {
      code[4 + i] = static_cast<u8>(table >> 8 * i);
      code[8 + i] = static_cast<u8>(symbol >> 8 * i);
    }
    return keyOf(planAt(base + 0x230, code), "us");
  };
  constexpr u64 kHere = 0xffffffff81000000, kThere = 0xffffffff9a200000;
  const auto here = key(kHere, kHere + 0x1234560, kHere + 0x888888);
  ASSERT_TRUE(here.has_value());
  EXPECT_EQ(key(kThere, kThere + 0x1234560, kThere + 0x888888), here);
  EXPECT_NE(key(kThere, kHere + 0x1234560, kThere + 0x888888), here);
  EXPECT_NE(key(kThere, kThere + 0x1234560, kHere + 0x888888), here);
  EXPECT_NE(key(kThere, kThere + 0x888888, kThere + 0x1234560), here) << "exchanged";
  const auto same = key(kHere, kHere + 0x888888, kHere + 0x888888);
  EXPECT_EQ(key(kThere, kThere + 0x888888, kThere + 0x888888), same);
  EXPECT_NE(key(kHere, 64, 0), key(kThere, 128, 0)) << "plain numbers stay";
  EXPECT_EQ(key(kHere, 64, 0), key(kThere, 64, 0));
}

// SDM vol. 1 3.3.7.1: a jump beyond bit 47 faults. Whether one does is part of such code.
TEST(CodeCache, KeepsNothingThatIsGoodAtOnePlaceAlone) {
  EXPECT_FALSE(keyOf(planAt(0x7ffffffffff0, kBytes), "us"));
  EXPECT_FALSE(keyOf(planAt(0xffff800000000230, {0xe8, 0, 0xfd, 0xff, 0xff}), "us"))
      << "call 200h before the page";
  EXPECT_TRUE(keyOf(planAt(0xffffffff81000230, kBytes), "us"));
  EXPECT_TRUE(keyOf(planAt(0x230, {0xe8, 0, 0xfd, 0xff, 0xff}), "us")) << "below 0 is canonical";
  Plan planted = planAt(0x401230, kBytes);
  planted.rename = [](std::string_view name) { return name; };
  EXPECT_FALSE(keyOf(planted, "us"));
}

TEST(CodeCache, IsBlindForWhatOthersMade) {
  const Scratch scratch;
  {
    const auto theirs = open(scratch, "them");
    theirs->put(headAt(*theirs, 0x401230), planAt(0x401230, kBytes), someCode(0x402000));
  }
  const auto ours = open(scratch);
  EXPECT_FALSE(ours->mayHave(headAt(*ours, 0x401230)));
  EXPECT_FALSE(findAt(*ours, 0x401230, planAt(0x401230, kBytes)));
}

// One line for a damaged file, and one that bears the name of another; the guest runs on without.
TEST(CodeCache, IgnoresDamage) {
  const Scratch scratch;
  const u64 rip = 0x401230;
  const Plan plan = planAt(rip, kBytes);
  {
    const auto cache = open(scratch);
    cache->put(headAt(*cache, rip), plan, someCode(0x402000));
  }
  const fs::path file = fs::directory_iterator(scratch.path())->path();
  {
    std::fstream f(file, std::ios::in | std::ios::out | std::ios::binary);
    f.seekp(-1, std::ios::end);
    f.put(0x55);
  }
  const std::string log = scratch.path("log");
  ASSERT_TRUE(configureLog("", log).has_value());
  const auto cache = open(scratch);
  EXPECT_FALSE(findAt(*cache, rip, plan));
  EXPECT_FALSE(findAt(*cache, rip, plan));
  cache->put(headAt(*cache, rip), plan, someCode(0x402000));
  EXPECT_TRUE(findAt(*cache, rip, plan)) << "it heals";
  ASSERT_TRUE(configureLog("", "").has_value());
  std::ifstream in(log);
  std::string first, second;
  EXPECT_TRUE(std::getline(in, first));
  EXPECT_NE(first.find(file.filename().string() + " is damaged"), std::string::npos) << first;
  EXPECT_FALSE(std::getline(in, second)) << second;
}

TEST(CodeCache, IgnoresAnEntryUnderAnotherName) {
  const Scratch scratch;
  const u64 rip = 0x401230;
  {
    const auto cache = open(scratch);
    cache->put(headAt(*cache, rip), planAt(rip, kBytes), someCode(0x402000));
  }
  std::vector<u8> other = kBytes;
  other[3] ^= 1;
  const auto key = keyOf(planAt(rip, other), "us");
  const auto blank = open(scratch);
  const fs::path file = fs::directory_iterator(scratch.path())->path();
  fs::rename(
      file, fs::path(scratch.path()) / tcg::cache::entryName(blank->headOf(other, rip), key->high, key->low));
  const auto cache = open(scratch);
  EXPECT_FALSE(
      cache->find(cache->headOf(other, rip), [&](auto) { return std::optional(planAt(rip, other)); }));
}

TEST(CodeCache, StaysSmall) {
  const Scratch scratch;
  const auto cache = open(scratch, "us", 20000);
  for (u64 i = 0; i < 100; ++i) {
    Code code = someCode(0x402000);
    code.bytes.resize(1000);
    cache->put(headAt(*cache, 0x401000 + i), planAt(0x401000 + i, kBytes), code);
    u64 size = 0;
    for (const auto& e : fs::directory_iterator(scratch.path())) size += e.file_size();
    EXPECT_LE(size, 20000u);
  }
  EXPECT_TRUE(findAt(*cache, 0x401000 + 99, planAt(0x401000 + 99, kBytes)));
  EXPECT_FALSE(findAt(*cache, 0x401000, planAt(0x401000, kBytes)));
}

TEST(CodeCache, SaysOnceThatItCannotWrite) {
  const Scratch scratch;
  const auto cache = open(scratch);
  fs::remove_all(scratch.path());  // whoever cleans up; also where the disk is full
  const std::string log = scratch.path("log");
  ASSERT_TRUE(configureLog("", log).has_value());
  for (u64 rip : {0x401230, 0x401240})
    cache->put(headAt(*cache, rip), planAt(rip, kBytes), someCode(0x402000));
  ASSERT_TRUE(configureLog("", "").has_value());
  std::ifstream in(log);
  std::string first, second;
  EXPECT_TRUE(std::getline(in, first));
  EXPECT_NE(first.find("new code is not kept"), std::string::npos) << first;
  EXPECT_FALSE(std::getline(in, second)) << second;
}

}  // namespace
}  // namespace duet::test
