// Unmasked SIMD floating-point exceptions: the stub says #XM exactly when the processor raises it, with the
// same MXCSR flags and nothing written.
#include <string>

#include "core/cpu/cpu_model.h"
#include "core/cpu/registers.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

using namespace isa;

struct Case {
  FullState before;
  alignas(64) u8 memory[64], hostMemory[64], stubMemory[64];
};

void prepare(Case& c, Random& random, unsigned round) {
  fillRandom(c.before, random);
  for (unsigned at = 0; at < 64; at += 8) {
    const u64 v = edgeValue(random);
    std::memcpy(c.memory + at, &v, 8);
  }
  // Some exceptions masked, some not; flags that are set already do not raise anything.
  const u32 masks = round % 3 == 0 ? 0 : static_cast<u32>(random()) & 0x1f80;
  const u32 mxcsr = masks | (static_cast<u32>(random()) & 0xe040) | (random() % 2 ? random() & 0x3f : 0);
  std::memcpy(c.before.xsave + kXsMxcsr, &mxcsr, 4);
  std::memcpy(c.hostMemory, c.memory, 64);
  std::memcpy(c.stubMemory, c.memory, 64);
  c.before.gpr[kMemoryBase] = reinterpret_cast<u64>(c.hostMemory) - kMemoryDisp;
}

u32 mxcsrOf(const u8* xsave) {
  u32 v;
  std::memcpy(&v, xsave + kXsMxcsr, 4);
  return v;
}

// Returns true when the processor raised the exception.
bool compareOnce(Guest& guest, const Row& row, Random& random, bool memory, unsigned round) {
  Case c;
  prepare(c, random, round);
  const std::vector<u8> bytes = makeEncoding(row, random, memory);
  const Insn insn = guest.decode(bytes);
  FullState host = c.before;
  const HostOutcome outcome = runOnHost(bytes, host);
  x87Release(guest.state);
  std::memcpy(guest.gpr, c.before.gpr, sizeof guest.gpr);
  std::memcpy(guest.xsave, c.before.xsave, sizeof guest.xsave);
  guest.state.flags = static_cast<u32>(c.before.flags) & kFlagsArithmetic;
  const NativeResult result = guest.run(insn, c.stubMemory);
  EXPECT_EQ(result == NativeResult::SimdException, outcome == HostOutcome::SimdException)
      << std::hex << "MXCSR " << mxcsrOf(c.before.xsave) << " host " << mxcsrOf(host.xsave) << " stub "
      << guest.state.guestMxcsr();
  EXPECT_EQ(guest.state.guestMxcsr(), mxcsrOf(host.xsave)) << std::hex << "was " << mxcsrOf(c.before.xsave);
  EXPECT_EQ(std::memcmp(guest.xsave + kXsXmm0, host.xsave + kXsXmm0, 256), 0);
  EXPECT_EQ(std::memcmp(guest.xsave + kXsYmmHigh, host.xsave + kXsYmmHigh, 256), 0);
  EXPECT_EQ(std::memcmp(guest.gpr, host.gpr, sizeof guest.gpr), 0);
  EXPECT_EQ(std::memcmp(c.stubMemory, c.hostMemory, 64), 0);
  return outcome == HostOutcome::SimdException;
}

TEST(SimdException, MatchesTheProcessorOnEveryRow) {
  const FeatureSet features = hostFeatures();
  Random random(99);
  Guest guest;
  unsigned raised = 0, quiet = 0, failed = 0;
  for (const Row& row : allRows()) {
    if (!row.has(kAttrMxcsr) || row.has(kAttrMmx) || !features.has(row.feature)) continue;
    if (row.has(kAttrAvx) && !features.has(Feature::Avx)) continue;
    for (unsigned round = 0; round < 40 && failed < 40; ++round) {
      const bool memory = row.modrm == ModrmRule::Memory || (row.modrm == ModrmRule::Any && round % 2);
      SCOPED_TRACE(std::string(row.encoding) + " " + row.mnemonic);
      const bool before = testing::Test::HasFailure();
      ++(compareOnce(guest, row, random, memory, round) ? raised : quiet);
      if (!before && testing::Test::HasFailure()) ++failed;
    }
  }
  EXPECT_GT(raised, 1000u);
  EXPECT_GT(quiet, 1000u);
}

}  // namespace
}  // namespace duet::tcg::test
