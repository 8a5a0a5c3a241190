// Every known difference still is one.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "tests/diff/known/host_run.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/generate/layout.h"

namespace duet::diff::test {
namespace {

// Entries that need more than the maker's processor.
struct Surroundings {
  std::string_view entry;
  bool (*are)(const Engine& host);
};

u32 xcr0() {
  u32 low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

constexpr Surroundings kSurroundings[] = {
    {"icebp-below-a-hypervisor",
     [](const Engine& host) { return host.abilities().features.has(Feature::Hypervisor); }},
    {"wider-xcr0", [](const Engine&) { return (xcr0() & ~u32{7}) != 0; }},
};

bool isAskedFor(const KnownDifference& k, const Engine& host) {
  if (!std::ranges::count(k.vendors, host.abilities().vendor)) return false;
  const auto at = std::ranges::find(kSurroundings, k.name, &Surroundings::entry);
  return at == std::end(kSurroundings) || at->are(host);
}

// The bytes that a pattern of hexadecimal digits stands for: ? and [..] by chance, * at the end anything, elsewhere nothing.
std::vector<u8> bytesOf(std::string_view pattern, Random& random) {
  std::string digits;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const auto close = pattern.find(']', i);
    if (pattern[i] == '?') {
      digits += "0123456789abcdef"[random.below(16)];
    } else if (pattern[i] == '[' && close != pattern.npos) {
      digits += pattern[i + 1 + random.below(static_cast<unsigned>(close - i - 1))];
      i = close;
    } else if (pattern[i] != '*') {
      digits += pattern[i];
    }
  }
  std::vector<u8> bytes;
  for (size_t i = 0; i + 1 < digits.size(); i += 2)
    bytes.push_back(static_cast<u8>(std::stoul(digits.substr(i, 2), nullptr, 16)));
  while (bytes.size() < 12) bytes.push_back(static_cast<u8>(random()));
  return bytes;
}

// Cases whose code begins with a pattern's bytes; registers hold an address of data.
class PatternSource final : public CaseSource {
 public:
  PatternSource(World world, std::string pattern) : world_(world), pattern_(std::move(pattern)) {}
  bool next(Item& item) override {
    item.c = {};
    item.c.world = world_;
    item.c.memory = memory_;
    item.c.start = userState(world_);
    item.c.start.rip = kCode0 + 0x100;
    for (unsigned n = 0; n < (world_ == World::User64 ? 16u : 8u); ++n) item.c.start.gpr[n] = kData0 + 0x800;
    item.c.pieces = {{item.c.start.rip, bytesOf(pattern_, random_)}};
    item.number = number_++;
    return true;
  }

 private:
  World world_;
  std::string pattern_;
  Random random_{1};
  std::shared_ptr<const Memory> memory_ = userMemory(1);
  u64 number_ = 0;
};

bool explains(const Summary& s, const KnownDifference& k) { return s.known.contains(k.name); }

bool shownByGenerated(const HostRun& engines, const KnownDifference& k, const std::string& words,
                      unsigned perCase, u64 first) {
  constexpr u64 kInstructions = 2'000;
  for (const World world : {World::User64, World::User32})
    if (explains(
            engines.generated(
                {.seed = 1, .target = engines.target(world), .only = words, .instructionsPerCase = perCase},
                first, kInstructions),
            k))
      return true;
  return false;
}

bool shownByPattern(const HostRun& engines, const KnownDifference& k, const std::string& pattern) {
  for (const World world : {World::User64, World::User32})
    if (PatternSource source(world, pattern); explains(engines.run(source, 500), k)) return true;
  return false;
}

// The opcode of an encoding ("0F 20 /r") behind LOCK, which generated cases of a row do not have where it is illegal.
std::string lockedOpcode(const std::string& encoding) {
  std::string digits = "f0";
  for (size_t at = 0;
       at + 1 < encoding.size() && std::isxdigit(encoding[at]) && std::isxdigit(encoding[at + 1]); at += 3)
    digits += encoding.substr(at, 2);
  return digits + "*";
}

// More and more cases of each instruction, so that one that is common costs little and one that is rare is found.
bool isShown(const HostRun& engines, const KnownDifference& k) {
  constexpr u64 kRounds = 40;
  for (u64 round = 0; round < kRounds; ++round)
    for (const std::string& word : k.instructions) {
      const bool pattern = word.starts_with('~');
      if (round == 0 && shownByPattern(engines, k, pattern ? word.substr(1) : lockedOpcode(word)))
        return true;
      if (!pattern && shownByGenerated(engines, k, word, round % 4 == 3 ? 4 : 1, round * 2000)) return true;
    }
  return false;
}

TEST(KnownTest, EveryEntryStillExplainsSomething) {
  if (const std::string why = whyNoWitness(); !why.empty()) GTEST_SKIP() << why;
  const HostRun engines;
  for (const KnownDifference& k : engines.known) {
    if (!isAskedFor(k, *engines.host)) continue;
    EXPECT_TRUE(isShown(engines, k))
        << k.name << ": no difference that it explains: if it is gone, take it off the list";
  }
}

// The test above can fail: an entry for something that does not differ is found out.
TEST(KnownTest, AnEntryThatExplainsNothingIsFoundOut) {
  if (const std::string why = whyNoWitness(); !why.empty()) GTEST_SKIP() << why;
  HostRun engines;
  engines.known = {{"nothing", {"stc"}, {CpuVendor::Amd, CpuVendor::Intel}, {"rip"}, "none", "none"}};
  EXPECT_FALSE(isShown(engines, engines.known[0]));
}

}  // namespace
}  // namespace duet::diff::test
