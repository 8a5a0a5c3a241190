// Flags that instructions of a region leave alone, at its ways out and where paths join.
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

constexpr u64 kArithmetic[] = {kFlagCf, kFlagPf, kFlagAf, kFlagZf, kFlagSf, kFlagOf};

CpuState after(EngineRig& m, const std::vector<u8>& code, const CpuState& s) {
  for (size_t i = 0; i < code.size(); ++i) m.putWord<u8>(kCode + i, code[i]);
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  return m.state();
}

struct Example {
  const char* name;
  std::vector<u8> code;
};

void PrintTo(const Example& e, std::ostream* out) { *out << e.name; }

class RegionFlags : public testing::TestWithParam<Example> {};

// Blocks are the witness: there the processor itself makes the flags.
TEST_P(RegionFlags, AreAsInBlocks) {
  for (unsigned set = 0; set < 64; set += 9) {
    for (const u64 count : {u64{1}, u64{32}}) {
      RegionRig regions;
      BaselineRig blocks({.threshold = 1});
      blocks.longMode();  // page tables
      CpuState s = regions.longMode();
      for (unsigned f = 0; f < 6; ++f)
        s.rflags = (s.rflags & ~kArithmetic[f]) | (set >> f & 1 ? kArithmetic[f] : 0);
      s.gpr[kRax] = 0x123456789abcdef0;
      s.gpr[kRcx] = count;
      s.gpr[kRdx] = 0x5a5a;
      const CpuState expected = after(blocks, GetParam().code, s), got = after(regions, GetParam().code, s);
      EXPECT_GE(regions.regions->counts().installed, 1u);
      ASSERT_EQ(got.rflags, expected.rflags) << "flags " << set << ", count " << count;
      ASSERT_EQ(got.gpr, expected.gpr);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, RegionFlags,
    testing::Values(Example{"rol eax,1", {0xd1, 0xc0, 0xf4}},
                    Example{"bt edx,3", {0x0f, 0xba, 0xe2, 3, 0xf4}}, Example{"stc", {0xf9, 0xf4}},
                    Example{"shl eax,cl", {0xd3, 0xe0, 0xf4}},
                    Example{"shl eax,cl; bt edx,3", {0xd3, 0xe0, 0x0f, 0xba, 0xe2, 3, 0xf4}},
                    Example{"sar eax,cl; mov ecx,ebx; shr edx,cl",
                            {0xd3, 0xf8, 0x89, 0xd9, 0xd3, 0xea, 0xf4}},
                    Example{"mul rdx", {0x48, 0xf7, 0xe2, 0xf4}},
                    // back: ...; loop back
                    Example{"rol; loop", {0xd1, 0xc0, 0xe2, 0xfc, 0xf4}},
                    Example{"mul; loop", {0x48, 0xf7, 0xe2, 0xe2, 0xfb, 0xf4}},
                    Example{"shr eax,cl; loop", {0xd3, 0xe8, 0xe2, 0xfc, 0xf4}},
                    // back: rol eax,1; jc on; btc edx,3; on: loop back
                    Example{"paths", {0xd1, 0xc0, 0x72, 0x04, 0x0f, 0xba, 0xfa, 3, 0xe2, 0xf6, 0xf4}},
                    // back: rol eax,1; jc on; nop; on: bt edx,3; loop back
                    Example{"paths, one flag each",
                            {0xd1, 0xc0, 0x72, 0x01, 0x90, 0x0f, 0xba, 0xe2, 3, 0xe2, 0xf5, 0xf4}},
                    // back: rol eax,1; jc on; add edx,eax; on: loop back
                    Example{"paths, one of all", {0xd1, 0xc0, 0x72, 0x02, 0x01, 0xc2, 0xe2, 0xf8, 0xf4}}));

}  // namespace
}  // namespace duet::test
