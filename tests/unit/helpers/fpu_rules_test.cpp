// What CPU models do in their own ways: the error pointers in images (SDM vol. 1 8.1.8, 8.1.9; APM vol. 3 CPUID
// Fn8000_0008_EBX[2]; the rules of AMD's were read off a processor), MXCSR.MM, EFER.FFXSR, and the modified
// optimisation of XSAVEOPT and XSAVES.
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/msr.h"
#include "cpu-tcg/native/x87.h"
#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

constexpr u64 kArea = 0x20000;
constexpr u16 kCode = 0x33, kData = 0x2b, kOpcode = 0x123;
constexpr u64 kIp = 0x123456789abc, kDp = 0x7fff0000;

class FpuRulesTest : public HelperTest {
 protected:
  void prepare(const char* cpu) {
    use(cpu);
    CpuState s = model_->has(Feature::Lm) ? longState(0) : protectedState(0);
    if (model_->has(Feature::Xsave)) {
      s.cr4 |= kCr4Osxsave;
      s.xcr0 = kXcr0X87 | kXcr0Sse | kXcr0Avx;
    }
    load(s);
    initializeComponents(*ctx_, ~u64{0});
    reg(kRdi) = kArea;
    reg(kRax) = 7;
    reg(kRdx) = 0;
    std::memset(block_->host + kArea, 0xee, 4096);
    std::memset(block_->host + kArea + 512, 0, 64);
  }
  // An instruction with a memory operand has run; with `pending`, it left an unmasked exception.
  void execute(bool pending) {
    NativeState& n = ctx_->native;
    setControlWord(n, pending ? 0x37b : 0x37f);
    n.setArea<u16>(kXsFsw, pending ? 0x8084 : 0x0004);
    recordInstruction(n, kCode, kIp, kOpcode);
    recordData(n, kData, kDp);
  }
  void fxsave() { EXPECT_NO_FAULT(run<Fxsave>({0x48, 0x0f, 0xae, 0x07})); }
  void fxsave32() { EXPECT_NO_FAULT(run<Fxsave>({0x0f, 0xae, 0x07})); }
  void fxrstor() { EXPECT_NO_FAULT(run<Fxrstor>({0x48, 0x0f, 0xae, 0x0f})); }
  void xrstor() { EXPECT_NO_FAULT(run<Xrstor>({0x48, 0x0f, 0xae, 0x2f})); }
  void fnstenv() { EXPECT_NO_FAULT(run<Fnstenv>({0xd9, 0x37})); }
  u64 xmm0() { return ctx_->native.area<u64>(kXsXmm0); }
};

constexpr const char* kNewIntel = "max,vendor=GenuineIntel,+fdp_excptn_only,+zero_fcs_fds";
constexpr const char* kOldAmd = "max,vendor=AuthenticAMD,-xsaveerptr";
constexpr const char* kNewAmd = "max,vendor=AuthenticAMD";

TEST_F(FpuRulesTest, OldIntelSavesEveryPointer) {
  prepare("pentium3");
  execute(false);
  fxsave32();
  EXPECT_EQ(peek<u16>(kArea + 6), kOpcode);
  EXPECT_EQ(peek<u64>(kArea + 8), u64{kCode} << 32 | (kIp & 0xffffffff));
  EXPECT_EQ(peek<u64>(kArea + 16), u64{kData} << 32 | kDp);
}

TEST_F(FpuRulesTest, CoreRecordsTheOpcodeOfFaultingInstructionsOnly) {
  prepare("Nehalem");
  execute(false);
  fxsave32();
  EXPECT_EQ(peek<u16>(kArea + 6), 0);
  EXPECT_EQ(peek<u64>(kArea + 8), u64{kCode} << 32 | (kIp & 0xffffffff));
  EXPECT_EQ(peek<u64>(kArea + 16), u64{kData} << 32 | kDp);
  execute(true);
  fxsave32();
  EXPECT_EQ(peek<u16>(kArea + 6), kOpcode);
}

TEST_F(FpuRulesTest, NewIntelHasNoSelectorsAndTheDataPointerOfExceptions) {
  prepare(kNewIntel);
  execute(false);
  fxsave32();
  EXPECT_EQ(peek<u64>(kArea + 8), kIp & 0xffffffff);
  EXPECT_EQ(peek<u64>(kArea + 16), 0u);
  execute(true);
  fxsave32();
  EXPECT_EQ(peek<u64>(kArea + 16), kDp);
  fnstenv();
  EXPECT_EQ(peek<u16>(kArea + 16), 0) << "FCS";
  EXPECT_EQ(peek<u16>(kArea + 24), 0) << "FDS";
}

TEST_F(FpuRulesTest, Pentium4KeepsTheOpcodeInCompatibilityMode) {
  prepare("kvm64");
  execute(false);
  fxsave();
  EXPECT_EQ(peek<u16>(kArea + 6), 0);
  u64 enable = 0;
  EXPECT_TRUE(readMsr(*ctx_, kMsrMiscEnable, enable));
  EXPECT_TRUE(writeMsr(*ctx_, kMsrMiscEnable, enable | 4));
  execute(false);
  fxsave();
  EXPECT_EQ(peek<u16>(kArea + 6), kOpcode);
}

TEST_F(FpuRulesTest, NewAmdSavesZerosUnlessAnExceptionIsPending) {
  prepare(kNewAmd);
  execute(false);
  fxsave();
  for (u64 at : {kArea + 6, kArea + 8, kArea + 16}) EXPECT_EQ(peek<u16>(at), 0);
  fxrstor();
  fnstenv();
  EXPECT_EQ(peek<u32>(kArea + 12), 0u) << "and always restores what is there";
  execute(true);
  fxsave();
  EXPECT_EQ(peek<u64>(kArea + 8), kIp);
}

TEST_F(FpuRulesTest, OldAmdNeitherSavesNorRestoresThemThen) {
  prepare(kOldAmd);
  execute(false);
  fxsave();
  EXPECT_EQ(peek<u64>(kArea + 8), 0xeeeeeeeeeeeeeeeeu);
  fxrstor();
  fnstenv();
  EXPECT_EQ(peek<u32>(kArea + 12), static_cast<u32>(kIp));
  execute(true);
  fxsave();
  EXPECT_EQ(peek<u64>(kArea + 8), kIp);
}

TEST_F(FpuRulesTest, MisalignedModeIsABitOfItsFeature) {
  prepare("max,vendor=AuthenticAMD,+misalignsse");
  poke<u32>(kArea, 0x21f80);
  EXPECT_NO_FAULT(run<Ldmxcsr>({0x0f, 0xae, 0x17}));
  fxsave();
  EXPECT_EQ(peek<u32>(kArea + 28), 0x2ffffu);
  prepare("max,vendor=AuthenticAMD,-misalignsse");
  poke<u32>(kArea, 0x21f80);
  EXPECT_FAULT(run<Ldmxcsr>({0x0f, 0xae, 0x17}), kExcGP, 0);
  fxsave();
  EXPECT_EQ(peek<u32>(kArea + 28), 0xffffu);
}

// What a test can see of the modified optimisation: memory that was changed after XRSTOR stays.
class ModifiedOptimisation : public FpuRulesTest {
 protected:
  void restoreThenChangeMemory() {
    prepare(kNewAmd);
    ctx_->native.setArea<u64>(kXsXmm0, 0x1111);
    EXPECT_NO_FAULT(run<Xsave>({0x48, 0x0f, 0xae, 0x27}));
    xrstor();
    poke<u64>(kArea + 160, 0x2222);
  }
  u64 saved() {
    EXPECT_NO_FAULT(run<Xsaveopt>({0x48, 0x0f, 0xae, 0x37}));
    EXPECT_EQ(peek<u64>(kArea + 512) & 2, 2u) << "XSTATE_BV says in use all the same";
    return peek<u64>(kArea + 160);
  }
};

TEST_F(ModifiedOptimisation, UnchangedRegistersAreNotWritten) {
  restoreThenChangeMemory();
  EXPECT_EQ(saved(), 0x2222u);
}

TEST_F(ModifiedOptimisation, ChangedRegistersAre) {
  restoreThenChangeMemory();
  ctx_->native.setArea<u64>(kXsXmm0 + 240, 1);
  EXPECT_EQ(saved(), 0x1111u);
}

TEST_F(ModifiedOptimisation, PlainXsaveWritesAlways) {
  restoreThenChangeMemory();
  EXPECT_NO_FAULT(run<Xsave>({0x48, 0x0f, 0xae, 0x27}));
  EXPECT_EQ(peek<u64>(kArea + 160), 0x1111u);
}

TEST_F(ModifiedOptimisation, OtherPrivilegeLevelAndFormatDoNotCount) {
  restoreThenChangeMemory();
  EXPECT_NO_FAULT(run<Xsaves>({0x48, 0x0f, 0xc7, 0x2f}));
  EXPECT_EQ(peek<u64>(kArea + 160), 0x1111u);
  restoreThenChangeMemory();
  ctx_->xrstor.cpl = 3;
  EXPECT_EQ(saved(), 0x1111u);
}

TEST_F(ModifiedOptimisation, ALoadedStateForgetsTheRestore) {
  restoreThenChangeMemory();
  CpuState state;
  exportState(*ctx_, state);
  load(state);
  EXPECT_EQ(saved(), 0x1111u);
}

TEST_F(ModifiedOptimisation, XsavesUsesIt) {
  prepare(kNewAmd);
  ctx_->native.setArea<u64>(kXsXmm0, 0x1111);
  EXPECT_NO_FAULT(run<Xsaves>({0x48, 0x0f, 0xc7, 0x2f}));
  EXPECT_NO_FAULT(run<Xrstors>({0x48, 0x0f, 0xc7, 0x1f}));
  poke<u64>(kArea + 160, 0x2222);
  EXPECT_NO_FAULT(run<Xsaves>({0x48, 0x0f, 0xc7, 0x2f}));
  EXPECT_EQ(peek<u64>(kArea + 160), 0x2222u);
}

}  // namespace
}  // namespace duet::tcg
