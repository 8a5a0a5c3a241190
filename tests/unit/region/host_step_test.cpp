// Vector instructions in regions: which of them, and that registers, flags and upper halves are right at every way in and out.
#include "cpu-tcg/region/host_step.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/isa/decoder.h"
#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

using tcg::region::HostStep;
using tcg::region::Step;

constexpr u32 kSse = tcg::baseline::kSseUsable, kAvx = tcg::baseline::kAvxUsable,
              kMasked = tcg::baseline::kSimdMasked;

Step decoded(std::vector<u8> bytes) {
  Step step{.insn = {}};
  EXPECT_EQ(tcg::isa::decode(bytes, tcg::isa::CodeMode::Bits64, true, hostFeatures(), step.insn),
            tcg::isa::DecodeStatus::Ok);
  return step;
}
bool isHostStep(std::vector<u8> bytes, u32 key) {
  Step step = decoded(std::move(bytes));
  return tcg::region::makeHostStep(step, key, false);
}

TEST(HostStep, UnitsMustBeUsable) {
  const std::vector<u8> movaps{0x0f, 0x28, 0x06}, addps{0x0f, 0x58, 0xc1}, vaddps{0xc5, 0xf4, 0x58, 0xc2};
  EXPECT_TRUE(isHostStep(movaps, kSse));
  EXPECT_FALSE(isHostStep(movaps, kAvx));
  EXPECT_FALSE(isHostStep(addps, kSse)) << "it may raise #XM";
  EXPECT_TRUE(isHostStep(addps, kSse | kMasked));
  EXPECT_FALSE(isHostStep(vaddps, kSse | kMasked));
  EXPECT_TRUE(isHostStep(vaddps, kAvx | kMasked));
}

TEST(HostStep, LeavesOutWhatNeedsMore) {
  constexpr u32 kAll = kSse | kAvx | kMasked;
  EXPECT_TRUE(isHostStep({0x66, 0x0f, 0x2e, 0xc1}, kAll)) << "ucomisd";
  EXPECT_TRUE(isHostStep({0xf2, 0x48, 0x0f, 0x2a, 0xc0}, kAll)) << "cvtsi2sd xmm0,rax";
  EXPECT_TRUE(isHostStep({0x66, 0x0f, 0xd7, 0xc1}, kAll)) << "pmovmskb eax,xmm1";
  EXPECT_FALSE(isHostStep({0x66, 0x0f, 0x3a, 0x63, 0xc1, 0}, kAll)) << "pcmpistri: RCX, and more flags";
  EXPECT_FALSE(isHostStep({0x0f, 0x2a, 0xc1}, kAll)) << "cvtpi2ps: MMX";
  EXPECT_FALSE(isHostStep({0x0f, 0xfc, 0xc1}, kAll)) << "paddb mm0,mm1";
  EXPECT_FALSE(isHostStep({0xd8, 0xc1}, kAll)) << "fadd";
  EXPECT_FALSE(isHostStep({0x64, 0x0f, 0x28, 0x06}, kAll)) << "movaps xmm0,fs:[rsi]";
  EXPECT_FALSE(isHostStep({0x01, 0xc0}, kAll)) << "add eax,eax";
}

TEST(HostStep, KnowsItsOperandAndUpperHalves) {
  const auto make = [](std::vector<u8> bytes) {
    Step step = decoded(std::move(bytes));
    EXPECT_TRUE(tcg::region::makeHostStep(step, kSse | kAvx | kMasked, false));
    return step.host;
  };
  const HostStep movaps = make({0x0f, 0x29, 0x47, 0x10}), movups = make({0x0f, 0x10, 0x07});
  EXPECT_EQ(movaps.access, 16);
  EXPECT_EQ(movaps.alignMask, 15);
  EXPECT_TRUE(movaps.writes);
  EXPECT_EQ(movups.alignMask, 0);
  EXPECT_FALSE(movups.writes);
  EXPECT_EQ(make({0xc5, 0xf4, 0x58, 0xc2}).uppers, HostStep::Uppers::Live) << "vaddps ymm0,ymm1,ymm2";
  EXPECT_EQ(make({0xc5, 0xf0, 0x58, 0xc2}).uppers, HostStep::Uppers::Stay) << "vaddps xmm0,xmm1,xmm2";
  EXPECT_EQ(make({0xc5, 0xf8, 0x77}).uppers, HostStep::Uppers::Zero) << "vzeroupper";
}

class HostStepRun : public ::testing::Test {
 protected:
  CpuState start() {
    CpuState s = m.longMode();
    s.cr4 |= kCr4Osfxsr | kCr4Osxmmexcpt;
    s.cr4 |= kCr4Osxsave;
    s.xcr0 = kXcr0X87 | kXcr0Sse | kXcr0Avx;
    s.gpr[kRsi] = kData;
    return s;
  }
  // The low 64 bits of a register as the guest sees it in memory.
  double stored() { return std::bit_cast<double>(m.word<u64>(kData + 0x800)); }

  RegionRig m;
};

// 1,000 numbers are asked for, in a loop that a region has, and 512 are there: the page behind them is missing.
TEST_F(HostStepRun, FaultsInTheMiddleOfALoopArePrecise) {
  // again: addsd xmm0,[rsi]; add rsi,8; dec ecx; jnz again; hlt
  m.put(kCode, {0xf2, 0x0f, 0x58, 0x06, 0x48, 0x83, 0xc6, 0x08, 0xff, 0xc9, 0x75, 0xf4, 0xf4});
  CpuState s = start();
  for (u64 i = 0; i < 512; ++i) m.putWord<u64>(kData + 8 * i, std::bit_cast<u64>(1.5));
  m.putWord<u64>(0x13000 + ((kData >> 12) + 1) * 8, 0);
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run(100000).reason, ExitReason::Shutdown);
  EXPECT_GE(m.regions->counts().installed, 1u);
  const CpuState end = m.state();
  EXPECT_EQ(end.rip, kCode);
  EXPECT_EQ(end.gpr[kRsi], kData + 4096);
  EXPECT_EQ(end.gpr[kRcx], 1000u - 512);
  double sum = 0;
  std::memcpy(&sum, end.xsave.data() + 160, 8);  // XMM0 (SDM vol. 1 13.4.2)
  EXPECT_EQ(sum, 512 * 1.5);
}

// Flags of a comparison, read by a branch in the region and by PUSHF behind it.
TEST_F(HostStepRun, ComparisonsMakeFlags) {
  // again: addsd xmm0,xmm1; ucomisd xmm0,xmm2; jb again; pushfq; pop rax; movsd [rsi+800h],xmm0; hlt
  m.put(kCode, {0xf2, 0x0f, 0x58, 0xc1, 0x66, 0x0f, 0x2e, 0xc2, 0x72, 0xf6, 0x9c,
                0x58, 0xf2, 0x0f, 0x11, 0x86, 0x00, 0x08, 0x00, 0x00, 0xf4});
  CpuState s = start();
  const double step = 0.25, limit = 100;
  std::memcpy(s.xsave.data() + 176, &step, 8);
  std::memcpy(s.xsave.data() + 192, &limit, 8);
  s.xsave[512] |= 2;  // XSTATE_BV: SSE
  m.load(s);
  EXPECT_EQ(m.run(100000).reason, ExitReason::Halt);
  EXPECT_GE(m.regions->counts().installed, 1u);
  EXPECT_EQ(stored(), 100);
  EXPECT_EQ(m.state().gpr[kRax] & kFlagsArithmetic, u64{kFlagZf}) << "equal, and nothing else";
}

// Upper halves, all 0 before, that a region makes are there when the interpreter looks, and gone after VZEROUPPER.
TEST_F(HostStepRun, UpperHalvesComeAndGo) {
  // again: vinsertf128 ymm0,ymm0,xmm1,1; dec ecx; jnz again; [vzeroupper;] hlt
  for (const bool zero : {false, true}) {
    m.put(kCode, {0xc4, 0xe3, 0x7d, 0x18, 0xc1, 0x01, 0xff, 0xc9, 0x75, 0xf6});
    if (zero) {
      m.put(kCode + 10, {0xc5, 0xf8, 0x77, 0xf4});
    } else {
      m.put(kCode + 10, {0xf4});
    }
    CpuState s = start();
    s.gpr[kRcx] = 100;
    const u32 put = 0x12345678;
    std::memcpy(s.xsave.data() + 176, &put, 4);  // XMM1
    s.xsave[512] |= 2;                           // XSTATE_BV: SSE alone
    m.load(s);
    EXPECT_EQ(m.run(100000).reason, ExitReason::Halt);
    u32 high = 0;
    const CpuState end = m.state();
    if (end.xsave[512] & 4) std::memcpy(&high, end.xsave.data() + 576, 4);
    EXPECT_EQ(high, zero ? 0 : put);
  }
  EXPECT_GE(m.regions->counts().installed, 1u);
}

}  // namespace
}  // namespace duet::test
