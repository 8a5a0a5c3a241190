// duet-diff's command line: what is taken, and what is said of mistakes.
#include "tools/diff/app/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace duet::diff {
namespace {

using testing::HasSubstr;

Options taken(const std::vector<std::string>& words) {
  const auto parsed = parseOptions(words);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? parsed->options : Options{};
}

std::string refusal(const std::vector<std::string>& words) {
  const auto parsed = parseOptions(words);
  return parsed ? "taken" : parsed.error().message;
}

TEST(DiffOptions, NumbersTimesAndEngines) {
  const Options o =
      taken({"-count", "10M", "--time=2h", "-seed", "7", "-world", "32", "-findings", "0", "qemu", "host"});
  EXPECT_EQ(o.instructions, 10'000'000u);
  EXPECT_EQ(o.seconds, 7200);
  EXPECT_EQ(o.seed, 7u);
  EXPECT_TRUE(o.user32 && !o.user64);
  EXPECT_EQ(o.mostFindings, 0u);
  EXPECT_EQ(o.left + " " + o.right, "qemu host");
  EXPECT_EQ(taken({"-time", "90"}).seconds, 90);
  EXPECT_EQ(taken({"-time", "10m"}).seconds, 600);
  EXPECT_EQ(taken({}).left + " " + taken({}).right, "interp host");
  EXPECT_EQ(taken({"-case", "a", "-case", "b"}).caseFiles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(taken({"-seed", "1", "-seed", "2"}).seed, 2u);  // the last one wins
}

TEST(DiffOptions, MistakesAreNamed) {
  EXPECT_THAT(refusal({"-cuont", "3"}), HasSubstr("did you mean 'count'?"));
  EXPECT_THAT(refusal({"-count"}), HasSubstr("-count needs a value"));
  EXPECT_THAT(refusal({"-count", "ten"}), HasSubstr("\"ten\" is no number"));
  EXPECT_THAT(refusal({"-count", "0"}), HasSubstr("it goes from 1"));
  EXPECT_THAT(refusal({"-count", "99999999999999999G"}), HasSubstr("is no number"));
  EXPECT_THAT(refusal({"-time", "5x"}), HasSubstr("-time 5x"));
  EXPECT_THAT(refusal({"-time", "0"}), HasSubstr("-time 0"));
  EXPECT_THAT(refusal({"-world", "16"}), HasSubstr("64, 32, both, system and all"));
  EXPECT_THAT(refusal({"-per-case", "9"}), HasSubstr("from 1 to 8"));
  EXPECT_THAT(refusal({"-quiet=1"}), HasSubstr("takes no value"));
  EXPECT_THAT(refusal({"interp"}), HasSubstr("two are compared"));
}

TEST(DiffOptions, HelpNamesEveryEngine) {
  const auto parsed = parseOptions({"-help"});
  ASSERT_TRUE(parsed && parsed->printAndLeave);
  for (const char* engine : {"interp", "host", "kvm", "qemu", "recorded"})
    EXPECT_THAT(*parsed->printAndLeave, HasSubstr(engine));
}

}  // namespace
}  // namespace duet::diff
