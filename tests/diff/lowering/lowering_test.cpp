// The baseline tier and the interpreter agree on generated cases; with a bug in a lowering they do not.
#include <gtest/gtest.h>

#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/regions.h"
#include "tests/unit/baseline/alone.h"
#include "tests/unit/cache/plans.h"
#include "tools/diff/engine/vcpu_engine.h"
#include "tools/diff/generate/generator.h"
#include "tools/diff/session/session.h"
#include "tools/diff/system/system_generator.h"

namespace duet::diff {
namespace {

using tcg::baseline::TranslatorOptions;

template <class G>
class Generated final : public CaseSource {
 public:
  Generated(G generator, u64 most) : generator_(std::move(generator)), most_(most) {}
  bool next(Item& item) override {
    if (number_ == most_) return false;
    item.c = generator_.at(number_).c;
    item.number = number_++;
    return true;
  }

 private:
  G generator_;
  u64 most_, number_ = 0;
};

tcg::TierFactory alone(const tcg::TierFactory& tier) {
  return [tier](const tcg::TierPlace& place) {
    test::beAlone(place);
    return tier(place);
  };
}

std::unique_ptr<Engine> makeEngine(std::string name, const tcg::TierFactory& tier) {
  return VcpuEngine::make({.name = std::move(name)},
                          [=](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
                            return std::make_unique<tcg::TcgBackend>(ram, tier);
                          })
      .value();
}

Summary compare(World world, unsigned instructions, u64 cases, const TranslatorOptions& options,
                const std::string& only = {}, bool isAlone = false) {
  const auto interp = makeEngine("interp", {});
  const auto tier = tcg::baseline::tierFactory(options);
  const auto baseline = makeEngine("baseline", isAlone ? alone(tier) : tier);
  const Target target{world, interp->abilities().features & baseline->abilities().features,
                      baseline->abilities().vendor};
  const std::atomic<bool> stop{false};
  const auto run = [&]<class G>(Result<G> made) {
    Generated source(std::move(made.value()), cases);
    return runSession(*interp, *baseline, source, {}, {}, stop).value();
  };
  if (world == World::System)
    return run(SystemGenerator::create(
        {.seed = 5, .target = target, .only = only, .instructionsPerCase = instructions, .touched = true}));
  return run(Generator::create(
      {.seed = 5, .target = target, .only = only, .instructionsPerCase = instructions, .touched = true}));
}

struct Share {
  World world;
  unsigned instructions;
  bool alone = false;
};

// With less left to run than twice kSlack, code is used that looks at what remains before each block.
TEST(Cases, HaveBudgetsForBothKindsOfCode) {
  for (const World world : {World::User64, World::User32}) {
    const Generator generator =
        Generator::create({.seed = 5, .target = {world, hostFeatures(), CpuVendor::Intel}, .only = {}})
            .value();
    unsigned exact = 0, ordinary = 0;
    for (u64 n = 0; n < 1000; ++n) ++(generator.at(n).c.steps < 2 * tcg::baseline::kSlack ? exact : ordinary);
    EXPECT_GT(exact, 300u);
    EXPECT_GT(ordinary, 300u);
  }
}

class Lowering : public testing::TestWithParam<Share> {};

// With every block of 64-bit code a region besides.
TranslatorOptions withRegions(std::string_view (*rename)(std::string_view) = nullptr) {
  tcg::region::RegionOptions options = tcg::region::everything();
  options.rename = rename;
  return {.threshold = 1, .hot = tcg::region::regionFactory(options)};
}

TEST_P(Lowering, AgreesWithTheInterpreter) {
  constexpr u64 kCases = 30000;
  const Summary found =
      compare(GetParam().world, GetParam().instructions, kCases, {.threshold = 1}, {}, GetParam().alone);
  EXPECT_EQ(found.cases, kCases);
  EXPECT_EQ(found.notCompared, 0u);
  for (const Finding& f : found.findings) ADD_FAILURE() << f.kind << ", case " << f.number;
}

INSTANTIATE_TEST_SUITE_P(Worlds, Lowering,
                         testing::Values(Share{World::User64, 1}, Share{World::User64, 4},
                                         Share{World::User32, 1}, Share{World::User32, 4},
                                         Share{World::System, 1}, Share{World::System, 4},
                                         Share{World::User64, 1, true}, Share{World::User32, 1, true}));

class RegionLowering : public testing::TestWithParam<Share> {};

TEST_P(RegionLowering, AgreesWithTheInterpreter) {
  constexpr u64 kCases = 10000;
  const Summary found =
      compare(GetParam().world, GetParam().instructions, kCases, withRegions(), {}, GetParam().alone);
  EXPECT_EQ(found.cases, kCases);
  for (const Finding& f : found.findings) ADD_FAILURE() << f.kind << ", case " << f.number;
}

// What one run leaves in a cache, the next takes from there, all of it.
TEST_P(RegionLowering, AgreesOutOfTheCache) {
  constexpr u64 kCases = 10000;
  const test::Scratch scratch;
  const auto keptAfter = [&] {
    tcg::region::RegionOptions options = tcg::region::everything();
    options.cache = tcg::cache::CodeCache::open(scratch.path(), "us").value();
    const Summary found = compare(GetParam().world, GetParam().instructions, kCases,
                                  {.threshold = 1, .hot = tcg::region::regionFactory(options)});
    EXPECT_EQ(found.cases, kCases);
    for (const Finding& f : found.findings) ADD_FAILURE() << f.kind << ", case " << f.number;
    const std::filesystem::directory_iterator files(scratch.path());
    return std::distance(begin(files), end(files));
  };
  const auto first = keptAfter();
  EXPECT_GT(first, 200);
  EXPECT_EQ(keptAfter(), first);
}

INSTANTIATE_TEST_SUITE_P(Worlds, RegionLowering,
                         testing::Values(Share{World::User64, 1}, Share{World::User64, 4},
                                         Share{World::User64, 1, true}));

struct Bug {
  std::string only;
  std::string_view (*rename)(std::string_view);
  World world = World::User64;
};

class PlantedLowering : public testing::TestWithParam<Bug> {};

TEST_P(PlantedLowering, IsFound) {
  constexpr u64 kFew = 2000;
  const Summary found =
      compare(GetParam().world, 1, kFew, {.threshold = 1, .rename = GetParam().rename}, GetParam().only);
  ASSERT_FALSE(found.findings.empty()) << "not found in " << found.cases << " cases";
  EXPECT_NE(found.findings.front().kind.find(GetParam().only), std::string::npos)
      << found.findings.front().kind;
  const Summary quiet = compare(GetParam().world, 1, kFew, {.threshold = 1}, GetParam().only);
  for (const Finding& f : quiet.findings) ADD_FAILURE() << "without a bug: " << f.kind;
}

class PlantedRegion : public testing::TestWithParam<Bug> {};

TEST_P(PlantedRegion, IsFound) {
  constexpr u64 kFew = 2000;
  const Summary found = compare(World::User64, 1, kFew, withRegions(GetParam().rename), GetParam().only);
  ASSERT_FALSE(found.findings.empty()) << "not found in " << found.cases << " cases";
  const Summary quiet = compare(World::User64, 1, kFew, withRegions(), GetParam().only);
  for (const Finding& f : quiet.findings) ADD_FAILURE() << "without a bug: " << f.kind;
}

INSTANTIATE_TEST_SUITE_P(
    Bugs, PlantedRegion,
    testing::Values(Bug{"adc", [](std::string_view s) { return s == "Adc" ? "Add" : s; }},
                    Bug{"movsx", [](std::string_view s) { return s == "Movsx" ? "Movzx" : s; }},
                    Bug{"sar", [](std::string_view s) { return s == "Sar" ? "Shr" : s; }},
                    Bug{"leave", [](std::string_view s) { return s == "Leave" ? "Nop" : s; }},
                    Bug{"call", [](std::string_view s) { return s == "Call" ? "Jmp" : s; }},
                    Bug{"push", [](std::string_view s) { return s == "Push" ? "Nop" : s; }},
                    Bug{"pop", [](std::string_view s) { return s == "Pop" ? "Leave" : s; }}));

INSTANTIATE_TEST_SUITE_P(
    Bugs, PlantedLowering,
    testing::Values(Bug{"adc", [](std::string_view s) { return s == "Adc" ? "Add" : s; }},
                    Bug{"movsx", [](std::string_view s) { return s == "Movsx" ? "Movzx" : s; }},
                    Bug{"sar", [](std::string_view s) { return s == "Sar" ? "Shr" : s; }},
                    Bug{"xchg", [](std::string_view s) { return s == "Xchg" ? "Mov" : s; }},
                    Bug{"leave", [](std::string_view s) { return s == "Leave" ? "Nop" : s; }},
                    Bug{"paddb", [](std::string_view s) { return s == "Native" ? "Nop" : s; }},
                    Bug{"vaddps", [](std::string_view s) { return s == "Native" ? "Nop" : s; }},
                    Bug{"fadd", [](std::string_view s) { return s == "Native" ? "Nop" : s; }},
                    Bug{"fnstsw", [](std::string_view s) { return s == "FnstswAx" ? "Nop" : s; }},
                    Bug{"stmxcsr", [](std::string_view s) { return s == "Stmxcsr" ? "Nop" : s; }},
                    Bug{"call", [](std::string_view s) { return s == "Call" ? "Jmp" : s; }},
                    Bug{"loop", [](std::string_view s) { return s == "Loop" ? "Jcxz" : s; }, World::System},
                    Bug{"call", [](std::string_view s) { return s == "Call" ? "Jmp" : s; }, World::System},
                    Bug{"movs", [](std::string_view s) { return s == "Movs" ? "Cmps" : s; }},
                    Bug{"lods", [](std::string_view s) { return s == "Lods" ? "Scas" : s; }, World::System},
                    Bug{"pusha", [](std::string_view s) { return s == "Pusha" ? "Popa" : s; }, World::User32},
                    Bug{"pusha", [](std::string_view s) { return s == "Pusha" ? "Popa" : s; }, World::System},
                    Bug{"mov", [](std::string_view s) { return s == "MovToSeg" ? "PopSeg" : s; },
                        World::System}));

}  // namespace
}  // namespace duet::diff
