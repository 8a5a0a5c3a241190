// CLI and SWAPGS in compiled code, at every level that may find it: only CPL 3 has code of its own.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u64 kGsBase = 0xffff800000001000, kOtherBase = 0x7000;

CpuState atLevel(BaselineRig& m, unsigned level) {
  CpuState s = m.longMode();
  s.segment[kSegCs].attributes |= level << 5;
  s.segment[kSegSs].attributes |= level << 5;
  s.segment[kSegGs].base = kGsBase;
  s.msr.kernelGsBase = kOtherBase;
  return s;
}

// cli; dec rcx; jnz back; hlt
TEST(System, CliClearsTheFlagAtLevel0) {
  BaselineRig m;
  m.put(kCode, {0xfa, 0x48, 0xff, 0xc9, 0x75, 0xfa, 0xf4});
  CpuState s = atLevel(m, 0);
  s.rflags |= kFlagIf | kFlagZf | kFlagCf;
  s.gpr[kRcx] = 3;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_FALSE(m.state().rflags & kFlagIf);
  EXPECT_TRUE(m.state().rflags & kFlagCf) << "the others stay";
}

// At the inner levels IOPL decides (SDM vol. 2 "CLI"): what was compiled for level 0 must ask. HLT is refused there.
TEST(System, CliAsksForIoplAtInnerLevels) {
  for (const unsigned level : {1u, 2u}) {
    for (const bool allowed : {false, true}) {
      BaselineRig m;
      m.put(kCode, {0xfa, 0x48, 0xff, 0xc0, 0xf4});  // cli; inc rax; hlt
      m.load(atLevel(m, 0));
      EXPECT_EQ(m.run().reason, ExitReason::Halt);
      CpuState s = atLevel(m, level);
      s.rflags |= kFlagIf | (allowed ? u64{kFlagIopl} : 0);
      m.load(s);
      EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
      EXPECT_EQ(m.state().gpr[kRax], allowed ? 1u : 0u);
      EXPECT_EQ((m.state().rflags & kFlagIf) != 0, !allowed);
    }
  }
}

// SDM vol. 2 "SWAPGS": level 0 alone.
TEST(System, SwapgsExchangesTheBasesAtLevel0) {
  for (const unsigned level : {0u, 1u, 2u}) {
    BaselineRig m;
    m.put(kCode, {0x0f, 0x01, 0xf8, 0x48, 0xff, 0xc0, 0xf4});  // swapgs; inc rax; hlt
    m.load(atLevel(m, 0));
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().segment[kSegGs].base, kOtherBase);
    EXPECT_EQ(m.state().msr.kernelGsBase, kGsBase);
    m.load(atLevel(m, level));
    EXPECT_EQ(m.run().reason, level ? ExitReason::Shutdown : ExitReason::Halt);
    EXPECT_EQ(m.state().segment[kSegGs].base, level ? kGsBase : kOtherBase);
    EXPECT_EQ(m.state().gpr[kRax], level ? 0u : 1u);
  }
}

}  // namespace
}  // namespace duet::test
