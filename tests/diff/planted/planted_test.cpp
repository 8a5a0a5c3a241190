// Every bug is found and cut down to its instruction; without a bug nothing is found.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/diff/planted/acts.h"
#include "tests/diff/planted/bugs.h"
#include "tests/diff/planted/system_cases.h"
#include "tools/diff/file/case_file.h"
#include "tools/diff/generate/generator.h"
#include "tools/diff/host/host_engine.h"
#include "tools/diff/session/shrink.h"
#include "tools/diff/system/system_generator.h"

namespace duet::diff::planted {
namespace {

constexpr u64 kSeed = 1, kMostCases = 20000;

template <class Maker>
class Generated final : public CaseSource {
 public:
  explicit Generated(Maker generator) : generator_(std::move(generator)) {}
  bool next(Item& item) override {
    if (number_ == kMostCases) return false;
    item.c = generator_.at(number_).c;
    item.number = number_++;
    return true;
  }

 private:
  Maker generator_;
  u64 number_ = 0;
};

class ByHand final : public CaseSource {
 public:
  bool next(Item& item) override {
    if (at_ == cases_.size()) return false;
    item.c = cases_[at_];
    item.number = at_++;
    return true;
  }

 private:
  std::vector<Case> cases_ = systemCases();
  size_t at_ = 0;
};

template <class Maker>
std::unique_ptr<CaseSource> generated(const Bug& bug, const Target& target, unsigned instructions) {
  auto made =
      Maker::create({.seed = kSeed, .target = target, .only = bug.only, .instructionsPerCase = instructions});
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::make_unique<Generated<Maker>>(std::move(*made)) : nullptr;
}

// `instructions` a case, at most: the one with the bug stands somewhere among others.
std::unique_ptr<CaseSource> casesFor(const Bug& bug, const Engine& left, const Engine& right,
                                     unsigned instructions) {
  if (!bug.only) return std::make_unique<ByHand>();
  const Target target{bug.world, left.abilities().features & right.abilities().features,
                      right.abilities().vendor};
  if (bug.world == World::System) return generated<SystemGenerator>(bug, target, instructions);
  return generated<Generator>(bug, target, instructions);
}

Summary compare(Engine& left, Engine& right, CaseSource& source, u64 most) {
  const std::atomic<bool> stop{false};
  SessionOptions options;
  options.mostInstructions = most;
  auto ran = runSession(left, right, source, {}, options, stop);
  EXPECT_TRUE(ran) << ran.error().message;
  return ran ? *ran : Summary{};
}

// "mov; hlt"; what no processor decodes by its first byte's name.
std::string mnemonics(const Case& c, const Decoder& decoder) {
  std::string out;
  for (const CodeLine& line : codeLines(c, decoder)) {
    const bool lock = !line.insn.row && line.bytes[0] == 0xf0;
    const std::string_view all = line.insn.row ? line.insn.row->mnemonic : lock ? "lock" : "?";
    out += (out.empty() ? "" : "; ") + std::string(all.substr(all.rfind('/') + 1));
    if (lock) break;  // the rest belongs to it
  }
  return out;
}

std::unique_ptr<Engine> take(Result<std::unique_ptr<Engine>> made) {
  EXPECT_TRUE(made) << made.error().message;
  return made ? std::move(*made) : nullptr;
}

class PlantedTest : public testing::TestWithParam<Bug> {
 protected:
  const Bug& bug_ = GetParam();
  const bool system_ = bug_.world == World::System;
  std::unique_ptr<Engine> left_ = take(makePlanted(bug_.act, system_));

  void catchAgainst(Engine& right, unsigned instructions) {
    const Summary found = compare(*left_, right, *casesFor(bug_, *left_, right, instructions), kMostCases);
    ASSERT_FALSE(found.findings.empty()) << "not found in " << found.cases << " cases";
    Finding finding = found.findings.front();
    ASSERT_TRUE(shrink(*left_, right, {}, finding));
    const Decoder decoder = decoderOf(right);
    EXPECT_THAT(mnemonics(finding.c, decoder), testing::MatchesRegex(bug_.remains))
        << report(finding.c, decoder, "planted", finding.left, right.name(), finding.right);
    fmt::print("{}: against {} by case {}, cut down in {} tries to\n{}\n", bug_.name, right.name(),
               finding.number + 1, finding.tries, codeText(finding.c, decoder));
    again(finding, right);
    findNothing(right, instructions, found.cases);
  }

  // The file is enough to see it again.
  void again(const Finding& finding, Engine& right) {
    const auto stored = parseCase(caseText(finding.c, bug_.name));
    ASSERT_TRUE(stored) << stored.error().message;
    Outcome l, r;
    ASSERT_TRUE(left_->run({&*stored, 1}, {&l, 1}));
    ASSERT_TRUE(right.run({&*stored, 1}, {&r, 1}));
    EXPECT_EQ(differences(*stored, l, r), finding.differences);
  }

  // The same cases without the bug.
  void findNothing(Engine& right, unsigned instructions, u64 cases) {
    const auto sound = take(makePlanted(nothing, system_));
    const Summary quiet = compare(*sound, right, *casesFor(bug_, *sound, right, instructions), cases);
    EXPECT_EQ(quiet.cases, cases);
    EXPECT_EQ(quiet.notCompared, 0u);
    for (const Finding& f : quiet.findings) ADD_FAILURE() << "without a bug: " << f.kind;
  }
};

TEST_P(PlantedTest, IsFoundAndCutDown) { catchAgainst(*take(makeSound()), 4); }

class AgainstHost : public PlantedTest {};

std::vector<Bug> bugsForHost() {
  std::vector<Bug> out;
  std::ranges::copy_if(bugs(), std::back_inserter(out), &Bug::onHost);
  return out;
}

TEST_P(AgainstHost, IsFoundAndCutDown) {
  auto host = makeHostEngine();
  if (!host) GTEST_SKIP() << host.error().message;
  catchAgainst(**host, 1);  // no other instruction, of which the manual may leave something open
}

std::string nameOf(const testing::TestParamInfo<Bug>& bug) { return std::to_string(bug.index); }

INSTANTIATE_TEST_SUITE_P(Bugs, PlantedTest, testing::ValuesIn(bugs().begin(), bugs().end()), nameOf);
INSTANTIATE_TEST_SUITE_P(Bugs, AgainstHost, testing::ValuesIn(bugsForHost()), nameOf);

}  // namespace
}  // namespace duet::diff::planted
