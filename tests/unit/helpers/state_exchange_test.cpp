// Export and import of CpuState; a hostile state is refused and changes nothing.
#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

class StateExchange : public HelperTest {};

TEST_F(StateExchange, RoundTripInEveryMode) {
  const CpuState states[] = {resetState(true),  resetState(false), realState(),  protectedState(0),
                             protectedState(3), v86State(3),       longState(0), longState(3)};
  for (CpuState s : states) {
    s.rflags |= kFlagCf | kFlagZf | kFlagSf;
    s.gpr[kR15] = 0x123456789abcdef0;
    s.cr8 = 5;
    s.instructions = 1234;
    load(s);
    CpuState out;
    exportState(*ctx_, out);
    EXPECT_TRUE(out == s);
  }
}

TEST_F(StateExchange, AbsentComponentsAreInitial) {
  CpuState s = longState(0);
  s.xsave[160] = 0xff;
  s.xsave[512] = 1;  // XSTATE_BV without SSE
  load(s);
  EXPECT_EQ(ctx_->native.xmm(0)[0], 0);
}

TEST_F(StateExchange, RefusesImpossibleStates) {
  using Damage = void (*)(CpuState&);
  const Damage damages[] = {
      [](CpuState& s) { s.cr0 |= u64{1} << 32; },
      [](CpuState& s) { s.cr0 &= ~u64{kCr0Pe}; },
      [](CpuState& s) { s.cr0 |= kCr0Nw; },
      [](CpuState& s) { s.cr4 |= kCr4Vmxe; },
      [](CpuState& s) { s.cr4 &= ~u64{kCr4Pae}; },
      [](CpuState& s) { s.cr3 |= u64{1} << 60; },
      [](CpuState& s) { s.cr8 = 16; },
      [](CpuState& s) { s.msr.efer &= ~u64{kEferLma}; },
      [](CpuState& s) { s.msr.efer |= 1u << 12; },
      [](CpuState& s) { s.rflags |= kFlagVm; },
      [](CpuState& s) { s.rflags |= 8; },
      [](CpuState& s) { s.rflags &= ~u64{2}; },
      [](CpuState& s) { s.dr7 |= u64{1} << 40; },
      [](CpuState& s) { s.xcr0 = 5; },
      [](CpuState& s) { s.xcr0 = 0; },
      [](CpuState& s) { s.xcr0 |= 0xe0; },
      [](CpuState& s) { s.xsave[26] = 1; },
      [](CpuState& s) { s.xsave[527] = 0x80; },
      [](CpuState& s) { s.msr.xss = 1; },
      [](CpuState& s) { s.msr.pat = 2; },
      [](CpuState& s) { s.msr.lstar = u64{1} << 60; },
      [](CpuState& s) { s.gdtr.base = u64{1} << 60; },
      [](CpuState& s) { s.gdtr.limit = 0x10000; },
      [](CpuState& s) { s.segment[kSegFs].base = u64{1} << 60; },
      [](CpuState& s) { s.segment[kSegDs].attributes = ~0u; },
      [](CpuState& s) { s.segment[kSegCs].attributes |= kSegDb; },
      [](CpuState& s) { s.activity = static_cast<Activity>(9); },
      [](CpuState& s) { s.interruptShadow = static_cast<InterruptShadow>(9); },
      [](CpuState& s) { s.pending = {EventType::Exception, 40, false, 0, 0}; },
      [](CpuState& s) { s.msr.smbase = u64{1} << 32; },
      [](CpuState& s) { s.portBefore.size = 3; },
      [](CpuState& s) { s.portBefore.size = 8; },
  };
  enterLong(0);
  CpuState before;
  exportState(*ctx_, before);
  for (size_t i = 0; i < std::size(damages); ++i) {
    CpuState s = longState(0);
    s.gpr[kRax] = 99;
    damages[i](s);
    const auto r = importState(*ctx_, s);
    EXPECT_FALSE(r) << "damage " << i;
    if (!r) {
      EXPECT_TRUE(r.error().message.starts_with("CPU state: "));
    }
    CpuState after;
    exportState(*ctx_, after);
    EXPECT_TRUE(after == before) << "damage " << i;
  }
}

TEST_F(StateExchange, InitKeepsFpuAndMostMsrs) {
  CpuState s = longState(3);
  s.xsave[160] = 7;
  s.xsave[512] = 3;
  s.msr.lstar = 0x1000;
  s.msr.pat = 0x0606060606060606;
  const CpuState after = initState(s, false);
  EXPECT_EQ(after.activity, Activity::WaitForSipi);
  EXPECT_EQ(after.msr.efer, 0u);
  EXPECT_EQ(after.msr.lstar, 0x1000u);
  EXPECT_EQ(after.msr.pat, 0x0606060606060606u);
  EXPECT_EQ(after.xsave[160], 7);
  EXPECT_EQ(after.cr0, 0x10u);
  EXPECT_EQ(after.cr3, 0u);
  EXPECT_EQ(after.rip, 0xfff0u);
  CpuState started = after;
  applySipi(started, 0x9a);
  EXPECT_EQ(started.segment[kSegCs].selector, 0x9a00);
  EXPECT_EQ(started.segment[kSegCs].base, 0x9a000u);
  EXPECT_EQ(started.rip, 0u);
  load(started);
}

// SDM vol. 3 table 10-1.
TEST(ResetState, Table) {
  const CpuState s = resetState(true);
  EXPECT_EQ(s.rip, 0xfff0u);
  EXPECT_EQ(s.rflags, 2u);
  EXPECT_EQ(s.cr0, 0x60000010u);
  EXPECT_EQ(s.segment[kSegCs].selector, 0xf000);
  EXPECT_EQ(s.segment[kSegCs].base, 0xffff0000u);
  EXPECT_EQ(s.segment[kSegDs].limit, 0xffffu);
  EXPECT_EQ(s.idtr.limit, 0xffffu);
  EXPECT_EQ(s.dr6, 0xffff0ff0u);
  EXPECT_EQ(s.dr7, 0x400u);
  EXPECT_EQ(s.xcr0, 1u);
  EXPECT_EQ(s.xsave[0], 0x40);
  EXPECT_EQ(resetState(false).activity, Activity::WaitForSipi);
}

}  // namespace
}  // namespace duet::tcg
