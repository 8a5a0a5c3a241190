// Generated cases on the interpreter and on the processor that runs this.
#include <gtest/gtest.h>

#include "tests/diff/known/host_run.h"

namespace duet::diff::test {
namespace {

TEST(HostTest, GeneratedInstructionsShowNoUnknownDifference) {
  if (const std::string why = whyNoWitness(); !why.empty()) GTEST_SKIP() << why;
  const HostRun engines;
  constexpr u64 kInstructions = 200'000;
  for (const World world : {World::User64, World::User32})
    for (const unsigned perCase : {1u, 4u}) {
      const Summary s = engines.generated(
          {.seed = 20261126, .target = engines.target(world), .only = {}, .instructionsPerCase = perCase}, 0,
          kInstructions / 4);
      EXPECT_TRUE(s.findings.empty()) << engines.told(s);
      EXPECT_GE(s.instructions, kInstructions / 4);
      EXPECT_LT(s.notCompared, s.cases / 20);
    }
}

}  // namespace
}  // namespace duet::diff::test
