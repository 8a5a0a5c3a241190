// Engines that do not count steps: time ends what would not end, and nothing else.
#include <gtest/gtest.h>

#include "core/cpu/exception.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "tests/unit/diff/sample.h"
#include "tools/diff/engine/vcpu_engine.h"

namespace duet::diff::test {
namespace {

TEST(DiffRunLimit, TimeEndsALoopAndTheNextCaseIsWhole) {
  auto engine = VcpuEngine::make({.name = "interp", .countsSteps = false},
                                 [](mmu::Ram& ram) -> Result<std::unique_ptr<CpuBackend>> {
                                   return std::make_unique<tcg::TcgBackend>(ram);
                                 });
  ASSERT_TRUE(engine) << engine.error().message;
  Case loop = sampleCase({0xeb, 0xfe});  // JMP to itself
  loop.steps = 1;                        // which it does not count
  Case plain = sampleCase({0x90});
  plain.memory = loop.memory;
  const std::vector<Case> cases{plain, loop, plain, loop, plain};
  std::vector<Outcome> outcomes(cases.size());
  ASSERT_TRUE((*engine)->run(cases, outcomes));
  for (size_t i = 0; i < cases.size(); ++i)
    EXPECT_EQ(outcomes[i].ending, i % 2 ? Ending::Steps : Ending::Exception) << i << outcomes[i].why;
  EXPECT_EQ(outcomes[4].exception.vector, kExcBP);
}

}  // namespace
}  // namespace duet::diff::test
