// FXSAVE and the XSAVE family: SDM vol. 1 10.5, 13.4 to 13.12.
#include "cpu-tcg/helpers/fpu_state.h"

#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

constexpr u64 kArea = 0x20000;

class FpuState : public HelperTest {
 protected:
  FpuState() { use("max,vendor=GenuineIntel,-misalignsse"); }
  void prepare(u64 xcr0 = kXcr0X87 | kXcr0Sse | kXcr0Avx) {
    CpuState s = longState(0);
    s.cr4 |= kCr4Osxsave;
    s.xcr0 = xcr0;
    load(s);
    initializeComponents(*ctx_, ~u64{0});
    reg(kRdi) = kArea;
    std::memset(block_->host + kArea, 0xee, 4096);
  }
  void request(u64 mask) {
    reg(kRax) = mask & 0xffffffff;
    reg(kRdx) = mask >> 32;
  }
  void clearHeader() { std::memset(block_->host + kArea + 512, 0, 64); }
  void setXmm(unsigned n, u64 v) { std::memcpy(ctx_->native.xmm(n), &v, 8); }
  u64 xmm(unsigned n) {
    u64 v;
    std::memcpy(&v, ctx_->native.xmm(n), 8);
    return v;
  }
  PendingEvent xsave() { return run<Xsave>({0x48, 0x0f, 0xae, 0x27}); }
  PendingEvent xrstor() { return run<Xrstor>({0x48, 0x0f, 0xae, 0x2f}); }
  PendingEvent xsavec() { return run<Xsavec>({0x48, 0x0f, 0xc7, 0x27}); }
  PendingEvent xsaves() { return run<Xsaves>({0x48, 0x0f, 0xc7, 0x2f}); }
  PendingEvent xrstors() { return run<Xrstors>({0x48, 0x0f, 0xc7, 0x1f}); }
};

TEST_F(FpuState, FxsaveLayoutAndRoundTrip) {
  prepare();
  setXmm(0, 0x1111);
  setXmm(15, 0x2222);
  ctx_->native.setGuestMxcsr(0x1fa0);
  EXPECT_NO_FAULT(run<Fxsave>({0x48, 0x0f, 0xae, 0x07}));
  EXPECT_EQ(peek<u16>(kArea), 0x37f);
  EXPECT_EQ(peek<u32>(kArea + 24), 0x1fa0u);
  EXPECT_EQ(peek<u32>(kArea + 28), 0xffffu);
  EXPECT_EQ(peek<u64>(kArea + 160), 0x1111u);
  EXPECT_EQ(peek<u64>(kArea + 160 + 15 * 16), 0x2222u);
  EXPECT_EQ(peek<u8>(kArea + 464), 0xee) << "bytes for software are left alone";
  initializeComponents(*ctx_, ~u64{0});
  EXPECT_NO_FAULT(run<Fxrstor>({0x48, 0x0f, 0xae, 0x0f}));
  EXPECT_EQ(xmm(15), 0x2222u);
  EXPECT_EQ(ctx_->native.guestMxcsr(), 0x1fa0u);
  poke<u32>(kArea + 24, 0x10000);
  EXPECT_FAULT(run<Fxrstor>({0x48, 0x0f, 0xae, 0x0f}), kExcGP, 0);
  reg(kRdi) = kArea + 8;
  EXPECT_FAULT(run<Fxsave>({0x48, 0x0f, 0xae, 0x07}), kExcGP, 0);
  arch().cr0 |= kCr0Ts;
  EXPECT_FAULT(run<Fxsave>({0x48, 0x0f, 0xae, 0x07}), kExcNM, 0);
}

TEST_F(FpuState, XsaveHeaderMergesAndTellsWhatIsInUse) {
  prepare();
  clearHeader();
  poke<u64>(kArea + 512, 0x204);
  setXmm(3, 7);
  request(3);
  EXPECT_NO_FAULT(xsave());
  EXPECT_EQ(peek<u64>(kArea + 512), 0x206u);  // requested bits by use, the others kept
  EXPECT_EQ(peek<u64>(kArea + 160 + 48), 7u);
  EXPECT_EQ(peek<u8>(kArea + 576), 0xee) << "AVX was not requested";
  ctx_->native.ymmHigh(2)[0] = 9;
  request(7);
  EXPECT_NO_FAULT(xsave());
  EXPECT_EQ(peek<u64>(kArea + 512), 0x206u);
  EXPECT_EQ(peek<u8>(kArea + 576 + 32), 9);
}

TEST_F(FpuState, XsaveoptSkipsInitialState) {
  prepare();
  clearHeader();
  request(7);
  ctx_->native.ymmHigh(0)[0] = 5;
  EXPECT_NO_FAULT(run<Xsaveopt>({0x48, 0x0f, 0xae, 0x37}));
  EXPECT_EQ(peek<u64>(kArea + 512), 4u);
  EXPECT_EQ(peek<u8>(kArea + 160), 0xee);
  EXPECT_EQ(peek<u8>(kArea + 576), 5);
  EXPECT_EQ(peek<u32>(kArea + 24), 0x1f80u) << "MXCSR goes with SSE or AVX";
}

TEST_F(FpuState, XrstorLoadsAndInitializes) {
  prepare();
  clearHeader();
  poke<u64>(kArea + 512, 2);
  poke<u64>(kArea + 160 + 16, 0x77);
  poke<u32>(kArea + 24, 0x1f80);
  ctx_->native.ymmHigh(1)[0] = 1;
  setXmm(4, 1);
  request(7);
  EXPECT_NO_FAULT(xrstor());
  EXPECT_EQ(xmm(1), 0x77u);
  EXPECT_EQ(ctx_->native.ymmHigh(1)[0], 0) << "not in XSTATE_BV: initial configuration";
}

TEST_F(FpuState, XrstorHeaderChecks) {
  prepare();
  clearHeader();
  poke<u32>(kArea + 24, 0x1f80);
  request(7);
  EXPECT_NO_FAULT(xrstor());
  poke<u64>(kArea + 512, 0x200);  // not in XCR0
  EXPECT_FAULT(xrstor(), kExcGP, 0);
  poke<u64>(kArea + 512, 0);
  poke<u64>(kArea + 520, 1);
  EXPECT_FAULT(xrstor(), kExcGP, 0);
  poke<u64>(kArea + 520, 0);
  poke<u64>(kArea + 528, 1);
  EXPECT_FAULT(xrstor(), kExcGP, 0);
  poke<u64>(kArea + 528, 0);
  poke<u32>(kArea + 24, 0x10000);
  EXPECT_FAULT(xrstor(), kExcGP, 0);  // MXCSR comes from memory even when XSTATE_BV is 0
  reg(kRdi) = kArea + 32;
  EXPECT_FAULT(xrstor(), kExcGP, 0);
  arch().cr4 &= ~u64{kCr4Osxsave};
  EXPECT_FAULT(xrstor(), kExcUD, 0);
}

TEST_F(FpuState, CompactedFormatRoundTrip) {
  prepare(kXcr0X87 | kXcr0Sse | kXcr0Avx | kXcr0Pkru);
  clearHeader();
  ctx_->native.ymmHigh(7)[3] = 0x42;
  setPkru(*ctx_, 0x55);
  ctx_->native.setGuestMxcsr(0x1f81);
  request(0x206);
  EXPECT_NO_FAULT(xsavec());
  EXPECT_EQ(peek<u64>(kArea + 512), 0x206u);  // MXCSR alone makes SSE used
  EXPECT_EQ(peek<u64>(kArea + 520), 0x206u | u64{1} << 63);
  EXPECT_EQ(peek<u8>(kArea + 576 + 7 * 16 + 3), 0x42);
  EXPECT_EQ(peek<u64>(kArea + 832), 0x55u) << "PKRU follows AVX";
  initializeComponents(*ctx_, ~u64{0});
  EXPECT_NO_FAULT(xrstor());
  EXPECT_EQ(ctx_->native.ymmHigh(7)[3], 0x42);
  EXPECT_EQ(pkru(*ctx_), 0x55u);
  EXPECT_EQ(ctx_->native.guestMxcsr(), 0x1f81u);
  EXPECT_NO_FAULT(xrstors());
  poke<u64>(kArea + 512, 1);  // not in XCOMP_BV
  EXPECT_FAULT(xrstor(), kExcGP, 0);
}

TEST_F(FpuState, SupervisorForms) {
  prepare();
  clearHeader();
  poke<u32>(kArea + 24, 0x1f80);
  request(7);
  EXPECT_FAULT(xrstors(), kExcGP, 0);  // must be compacted
  EXPECT_NO_FAULT(xsaves());
  EXPECT_NO_FAULT(xrstors());
}

TEST_F(FpuState, SaveFaultsBeforeWriting) {
  prepare();
  clearHeader();
  // The area's second page is beyond the mapping.
  reg(kRdi) = 0x800000 - 576 - 64;
  std::memset(block_->host + 0x800000 - 640, 0, 640);
  poke<u64>(kPageTables + 0x2000 + 8 * 4, 0);
  ctx_->native.ymmHigh(15)[15] = 1;
  setXmm(0, 0x1234);
  request(7);
  const PendingEvent fault = xsave();
  EXPECT_EQ(fault.vector, kExcPF);
  EXPECT_EQ(peek<u64>(0x800000 - 640 + 160), 0u);
}

TEST_F(FpuState, X87EnvironmentAndControl) {
  prepare();
  EXPECT_NO_FAULT(run<Fninit>({0xdb, 0xe3}));
  EXPECT_NO_FAULT(run<Fnstcw>({0xd9, 0x3f}));
  EXPECT_EQ(peek<u16>(kArea), 0x37f);
  poke<u16>(kArea, 0x27f);
  EXPECT_NO_FAULT(run<Fldcw>({0xd9, 0x2f}));
  EXPECT_NO_FAULT(run<Fnstenv>({0xd9, 0x37}));
  EXPECT_EQ(peek<u16>(kArea), 0x27f);
  EXPECT_EQ(peek<u16>(kArea + 8), 0xffff);
  EXPECT_NO_FAULT(run<Fnsave>({0xdd, 0x37}));
  EXPECT_NO_FAULT(run<Frstor>({0xdd, 0x27}));
  reg(kRax) = ~u64{0};
  EXPECT_NO_FAULT(run<FnstswAx>({0xdf, 0xe0}));
  EXPECT_EQ(reg(kRax), ~u64{0xffff});
  arch().cr0 |= kCr0Em;
  EXPECT_FAULT(run<Fninit>({0xdb, 0xe3}), kExcNM, 0);
  arch().cr0 = (arch().cr0 & ~u64{kCr0Em}) | kCr0Ts;
  EXPECT_NO_FAULT(run<Fwait>({0x9b}));
  arch().cr0 |= kCr0Mp;
  EXPECT_FAULT(run<Fwait>({0x9b}), kExcNM, 0);
}

TEST_F(FpuState, MxcsrChecks) {
  prepare();
  poke<u32>(kArea, 0x1fc0);
  EXPECT_NO_FAULT(run<Ldmxcsr>({0x0f, 0xae, 0x17}));
  EXPECT_NO_FAULT(run<Stmxcsr>({0x0f, 0xae, 0x5f, 0x04}));
  EXPECT_EQ(peek<u32>(kArea + 4), 0x1fc0u);
  poke<u32>(kArea, 0x10000);
  EXPECT_FAULT(run<Ldmxcsr>({0x0f, 0xae, 0x17}), kExcGP, 0);
  arch().cr4 &= ~u64{kCr4Osfxsr};
  EXPECT_FAULT(run<Ldmxcsr>({0x0f, 0xae, 0x17}), kExcUD, 0);
}

}  // namespace
}  // namespace duet::tcg
