// Frames, stacks, flags and error codes of event delivery: SDM vol. 3 chapter 6, vol. 2A "INT n".
#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

class Events : public HelperTest {};

TEST_F(Events, RealModePushesFlagsCsIp) {
  CpuState s = realState();
  s.rflags = 2 | kFlagIf | kFlagTf | kFlagCf;
  s.idtr = {0, 0x3ff};
  load(s);
  poke<u32>(0x21 * 4, 0x4000'1234);
  EXPECT_NO_FAULT(deliver(external(0x21)));
  EXPECT_EQ(seg(kSegCs).selector, 0x4000);
  EXPECT_EQ(seg(kSegCs).base, 0x40000u);
  EXPECT_EQ(arch().rip, 0x1234u);
  EXPECT_EQ(reg(kRsp), 0xffau);
  EXPECT_EQ(peek<u16>(0x8ffa), 0x20);
  EXPECT_EQ(peek<u16>(0x8ffc), 0x1000);
  EXPECT_EQ(peek<u16>(0x8ffe), 2 | kFlagIf | kFlagTf | kFlagCf);
  EXPECT_EQ(readFlags(*ctx_) & (kFlagIf | kFlagTf), 0u);
}

TEST_F(Events, RealModeVectorBeyondIdtLimitIsGp) {
  CpuState s = realState();
  s.idtr = {0, 0x83};
  load(s);
  EXPECT_FAULT(deliver(external(0x21)), kExcGP, 0);
  EXPECT_NO_FAULT(deliver(external(0x20)));
}

TEST_F(Events, ProtectedSameLevelPushesErrorCode) {
  CpuState s = protectedState(0);
  s.rflags = 2 | kFlagIf | kFlagNt | kFlagTf;
  load(s);
  setIdt(kExcGP, gate(kCode0, 0x12345, 0x8e));
  EXPECT_NO_FAULT(deliver(exception(kExcGP, 0x58)));
  EXPECT_EQ(reg(kRsp), kStack0 - 16);
  EXPECT_EQ(peek<u32>(kStack0 - 16), 0x58u);
  EXPECT_EQ(peek<u32>(kStack0 - 12), kCode);
  EXPECT_EQ(peek<u32>(kStack0 - 8), kCode0);
  EXPECT_EQ(peek<u32>(kStack0 - 4), 2u | kFlagIf | kFlagNt | kFlagTf | kFlagRf);  // faults push RF
  EXPECT_EQ(arch().rip, 0x12345u);
  EXPECT_EQ(readFlags(*ctx_), 2u);
}

TEST_F(Events, TrapGateKeepsIfAndInterruptsPushNoRf) {
  CpuState s = protectedState(0);
  s.rflags = 2 | kFlagIf;
  load(s);
  setIdt(0x30, gate(kCode0, 0x500, 0x8f));
  EXPECT_NO_FAULT(deliver(external(0x30)));
  EXPECT_EQ(readFlags(*ctx_), 2u | kFlagIf);
  EXPECT_EQ(peek<u32>(kStack0 - 4), 2u | kFlagIf);
}

TEST_F(Events, Gate16Pushes16BitsAndIgnoresUpperOffset) {
  enterProtected(0);
  setIdt(0x30, gate(kCode0, 0xdead0500, 0x86));
  EXPECT_NO_FAULT(deliver(external(0x30)));
  EXPECT_EQ(reg(kRsp), kStack0 - 6);
  EXPECT_EQ(arch().rip, 0x500u);
}

TEST_F(Events, InnerLevelTakesStackFromTss) {
  CpuState s = protectedState(3);
  s.rflags = 2 | kFlagIf;
  load(s);
  setIdt(kExcPF, gate(kCode0, 0x700, 0x8e));
  PendingEvent pf = exception(kExcPF, 7);
  pf.payload = 0xabcd000;
  EXPECT_NO_FAULT(deliver(pf));
  EXPECT_EQ(arch().cr2, 0xabcd000u);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(seg(kSegSs).selector, kData0);
  EXPECT_EQ(reg(kRsp), kStack0 - 24);
  EXPECT_EQ(peek<u32>(kStack0 - 4), kData3);
  EXPECT_EQ(peek<u32>(kStack0 - 8), kStack3);
  EXPECT_EQ(peek<u32>(kStack0 - 16), kCode3);
  EXPECT_EQ(peek<u32>(kStack0 - 20), kCode);
  EXPECT_EQ(peek<u32>(kStack0 - 24), 7u);
  EXPECT_TRUE(peek<u8>(kGdt + kData0 + 5) & 1) << "SS descriptor accessed";
  EXPECT_TRUE(peek<u8>(kGdt + kCode0 + 5) & 1) << "CS descriptor accessed";
}

TEST_F(Events, SoftwareInterruptNeedsGateDpl) {
  enterProtected(3);
  setIdt(0x80, gate(kCode0, 0x700, 0x8e));
  EXPECT_FAULT(run<IntN>({0xcd, 0x80}), kExcGP, 0x80 * 8 + 2);  // EXT is 0 for INT n
  EXPECT_EQ(arch().rip, kCode);
  setIdt(0x80, gate(kCode0, 0x700, 0xee));
  EXPECT_NO_FAULT(run<IntN>({0xcd, 0x80}));
  EXPECT_EQ(peek<u32>(kStack0 - 20), kCode + 2);
  setIdt(0x80, gate(kCode0, 0x700, 0x8e));
  EXPECT_NO_FAULT(deliver(external(0x80)));  // hardware does not look at DPL
}

TEST_F(Events, IcebpSkipsDplCheckAndInt3DoesNot) {
  enterProtected(3);
  setIdt(1, gate(kCode0, 0x700, 0x8e));
  setIdt(3, gate(kCode0, 0x700, 0x8e));
  EXPECT_FAULT(run<Int3>({0xcc}), kExcGP, 3 * 8 + 2);
  EXPECT_NO_FAULT(run<Icebp>({0xf1}));
  EXPECT_EQ(peek<u32>(kStack0 - 20), kCode + 1);
}

TEST_F(Events, IntoOnlyWithOverflow) {
  enterProtected(0);
  setIdt(4, gate(kCode0, 0x700, 0x8f));
  EXPECT_NO_FAULT(run<Into>({0xce}));
  EXPECT_EQ(arch().rip, kCode + 1);
  CpuState s = protectedState(0);
  s.rflags = 2 | kFlagOf;
  load(s);
  EXPECT_NO_FAULT(run<Into>({0xce}));
  EXPECT_EQ(arch().rip, 0x700u);
}

TEST_F(Events, GateFaultCodes) {
  enterProtected(0);
  setIdt(0x30, gate(kCode0, 0x700, 0x0e));  // not present
  EXPECT_FAULT(deliver(external(0x30)), kExcNP, 0x30 * 8 + 3);
  setIdt(0x30, gate(kCode0, 0x700, 0x8c));  // a call gate
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 0x30 * 8 + 3);
  setIdt(0x30, gate(0, 0x700, 0x8e));
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 1);
  setIdt(0x30, gate(kData0, 0x700, 0x8e));
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, kData0 | 1);
  setIdt(0x30, gate(0x200, 0x700, 0x8e));  // beyond the GDT
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 0x201);
  setIdt(0x30, gate(kCode3, 0x700, 0x8e));  // DPL over CPL
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, (kCode3 & ~3) | 1);
  setGdt(kFree, descriptor(0, 0xfffff, 0x1a, 0xc));
  setIdt(0x30, gate(kFree, 0x700, 0x8e));
  EXPECT_FAULT(deliver(external(0x30)), kExcNP, kFree | 1);
  arch().idtr.limit = 0x30 * 8 + 6;
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 0x30 * 8 + 3);
}

TEST_F(Events, InnerStackFaultCodes) {
  enterProtected(3);
  setIdt(0x30, gate(kCode0, 0x700, 0x8e));
  poke<u16>(kTss + 8, 0);
  EXPECT_FAULT(deliver(external(0x30)), kExcTS, 1);
  poke<u16>(kTss + 8, kCode0);
  EXPECT_FAULT(deliver(external(0x30)), kExcTS, kCode0 | 1);
  poke<u16>(kTss + 8, kData3);
  EXPECT_FAULT(deliver(external(0x30)), kExcTS, (kData3 & ~3) | 1);
  poke<u16>(kTss + 8, kAbsent);
  setGdt(kAbsent, descriptor(0, 0xfffff, 0x12, 0xc));
  EXPECT_FAULT(deliver(external(0x30)), kExcSS, kAbsent | 1);
  setGdt(kFree, descriptor(0, 0x7ff4, 0x92, 0x4));  // room for two words of five
  poke<u16>(kTss + 8, kFree);
  poke<u32>(kTss + 4, 0x7ff0 + 12);
  EXPECT_FAULT(deliver(external(0x30)), kExcSS, kFree | 1);
  arch().tr.limit = 5;
  EXPECT_FAULT(deliver(external(0x30)), kExcTS, kTssSel | 1);
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(reg(kRsp), kStack3);
}

TEST_F(Events, HandlerOffsetBeyondLimitIsGp) {
  enterProtected(0);
  setGdt(kFree, descriptor(0, 0x6ff, 0x9a, 0x4));
  setIdt(0x30, gate(kFree, 0x700, 0x8e));
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 1);
  EXPECT_EQ(reg(kRsp), kStack0);
}

TEST_F(Events, Virtual8086PushesDataSegments) {
  enterV86(3);
  setIdt(0x30, gate(kCode0, 0x700, 0x8e));
  EXPECT_NO_FAULT(deliver(external(0x30)));
  EXPECT_FALSE(ctx_->v86);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(reg(kRsp), kStack0 - 36);
  EXPECT_EQ(peek<u32>(kStack0 - 4), 0x1500u);   // GS
  EXPECT_EQ(peek<u32>(kStack0 - 8), 0x1400u);   // FS
  EXPECT_EQ(peek<u32>(kStack0 - 12), 0x1300u);  // DS
  EXPECT_EQ(peek<u32>(kStack0 - 16), 0x1000u);  // ES
  EXPECT_EQ(peek<u32>(kStack0 - 20), 0x1200u);  // SS
  EXPECT_EQ(peek<u32>(kStack0 - 24), 0x800u);
  EXPECT_TRUE(peek<u32>(kStack0 - 28) & kFlagVm);
  EXPECT_EQ(peek<u32>(kStack0 - 32), 0x1100u);
  EXPECT_EQ(peek<u32>(kStack0 - 36), 0x100u);
  EXPECT_FALSE(seg(kSegDs).usable());
}

TEST_F(Events, Virtual8086IntNeedsIopl3AndLevel0Handler) {
  enterV86(0);
  EXPECT_FAULT(run<IntN>({0xcd, 0x21}), kExcGP, 0);
  enterV86(3);
  setIdt(0x21, gate(kCode3, 0x700, 0xee));
  EXPECT_FAULT(run<IntN>({0xcd, 0x21}), kExcGP, kCode3 & ~3);
}

TEST_F(Events, Virtual8086RedirectionMap) {
  CpuState s = v86State(0);
  s.cr4 = kCr4Vme;
  s.rflags |= kFlagVif | kFlagTf;
  load(s);
  poke<u16>(kTss + 0x66, 0x88);  // the redirection map is at 68h
  std::memset(block_->host + kTss + 0x68, 0, 32);
  poke<u32>(0x21 * 4, 0x2000'1234);
  EXPECT_NO_FAULT(run<IntN>({0xcd, 0x21}));
  EXPECT_TRUE(ctx_->v86);
  EXPECT_EQ(seg(kSegCs).base, 0x20000u);
  EXPECT_EQ(arch().rip, 0x1234u);
  EXPECT_EQ(peek<u16>(0x12000 + 0x7fe), 2 | kFlagIf | kFlagIopl | kFlagTf);
  EXPECT_EQ(peek<u16>(0x12000 + 0x7fc), 0x1100);
  EXPECT_EQ(peek<u16>(0x12000 + 0x7fa), 0x102);
  EXPECT_EQ(readFlags(*ctx_) & (kFlagVif | kFlagTf), 0u);
  // 16-bit IRET brings VIF back; an image with TF does not pass.
  EXPECT_FAULT(run<Iret>({0xcf}), kExcGP, 0);
  poke<u16>(0x12000 + 0x7fe, kFlagIf | kFlagCf);
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_EQ(arch().rip, 0x102u);
  EXPECT_EQ(readFlags(*ctx_) & (kFlagVif | kFlagCf | kFlagIf), u64{kFlagVif | kFlagCf});
  poke<u8>(kTss + 0x68 + 0x21 / 8, 0xff);
  EXPECT_FAULT(run<IntN>({0xcd, 0x21}), kExcGP, 0);
}

TEST_F(Events, LongModeAlignsStackAndPushesFiveWords) {
  CpuState s = longState(0);
  s.gpr[kRsp] = kStack0 - 3;
  load(s);
  setIdt64(0x30, kCode64, 0x1122, 0x8e);
  EXPECT_NO_FAULT(deliver(external(0x30)));
  const u64 top = kStack0 - 16;
  EXPECT_EQ(reg(kRsp), top - 40);
  EXPECT_EQ(peek<u64>(top - 8), kData0);
  EXPECT_EQ(peek<u64>(top - 16), kStack0 - 3);
  EXPECT_EQ(peek<u64>(top - 24), 2u);
  EXPECT_EQ(peek<u64>(top - 32), kCode64);
  EXPECT_EQ(peek<u64>(top - 40), kCode);
  EXPECT_EQ(seg(kSegSs).selector, kData0) << "no change of level keeps SS";
}

TEST_F(Events, LongModeInnerLevelNullsSs) {
  enterLong(3);
  poke<u64>(kTss + 4, kStack0);
  setIdt64(0x30, kCode64, 0x1122, 0x8e);
  EXPECT_NO_FAULT(deliver(external(0x30)));
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(seg(kSegSs).selector, 0);
  EXPECT_EQ(reg(kRsp), kStack0 - 40);
  EXPECT_EQ(peek<u64>(kStack0 - 8), kData3);
}

TEST_F(Events, LongModeIst) {
  enterLong(0);
  poke<u64>(kTss + 0x24 + 8, 0x7008);  // IST2
  setIdt64(8, kCode64, 0x1122, 0x8e, 2);
  EXPECT_NO_FAULT(deliver(exception(8, 0)));
  EXPECT_EQ(reg(kRsp), 0x7000u - 48);
  EXPECT_EQ(peek<u64>(0x7000 - 16), kStack0);
  poke<u64>(kTss + 0x24 + 8, u64{1} << 60);
  EXPECT_FAULT(deliver(external(8)), kExcSS, 1);
}

TEST_F(Events, LongModeGateChecks) {
  enterLong(0);
  setIdt64(0x30, kCode0, 0x1122, 0x8e);  // not 64-bit code
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, kCode0 | 1);
  setIdt64(0x30, kCode64, u64{1} << 47, 0x8e);
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 1);
  setIdt64(0x30, kCode64, 0x1122, 0x85);  // no task gates here
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 0x30 * 8 + 3);
  setIdt64(0x30, kCode64, 0x1122, 0x86);  // nor 16-bit ones
  EXPECT_FAULT(deliver(external(0x30)), kExcGP, 0x30 * 8 + 3);
  reg(kRsp) = u64{1} << 60;
  setIdt64(0x30, kCode64, 0x1122, 0x8e);
  EXPECT_FAULT(deliver(external(0x30)), kExcSS, 1);
}

TEST_F(Events, NmiBlocksUntilIret) {
  enterLong(0);
  setIdt64(2, kCode64, 0x1122, 0x8e);
  EXPECT_NO_FAULT(deliver({EventType::Nmi, 2, false, 0, 0}));
  EXPECT_TRUE(arch().nmiBlocked);
  EXPECT_NO_FAULT(run<Iret>({0x48, 0xcf}));
  EXPECT_FALSE(arch().nmiBlocked);
  EXPECT_EQ(arch().rip, kCode);
}

TEST_F(Events, DebugExceptionUpdatesDr6AndClearsGd) {
  enterLong(0);
  setIdt64(1, kCode64, 0x1122, 0x8e);
  arch().dr7 |= 1u << 13;
  PendingEvent db = exception(kExcDB);
  db.payload = 1u << 14;
  EXPECT_NO_FAULT(deliver(db));
  EXPECT_EQ(arch().dr6, 0xffff4ff0u);
  EXPECT_EQ(arch().dr7 & (1u << 13), 0u);
  EXPECT_EQ(peek<u64>(kStack0 - 24) & kFlagRf, 0u);
}

// SDM vol. 3 table 6-5.
TEST(CombineFaults, Table) {
  const auto fault = [](u8 v) { return PendingEvent{EventType::Exception, v, false, 0, 0}; };
  const u8 benign[] = {kExcDB, kExcBP, kExcOF, kExcBR, kExcUD, kExcNM, kExcMF, kExcAC, kExcXM};
  const u8 contributory[] = {kExcDE, kExcTS, kExcNP, kExcSS, kExcGP};
  for (const u8 first : benign)
    for (const u8 second : contributory)
      EXPECT_EQ(combineFaults(fault(first), fault(second)), NestedFault::DeliverSecond);
  for (const u8 first : contributory) {
    for (const u8 second : contributory)
      EXPECT_EQ(combineFaults(fault(first), fault(second)), NestedFault::DoubleFault);
    EXPECT_EQ(combineFaults(fault(first), fault(kExcPF)), NestedFault::DeliverSecond);
    EXPECT_EQ(combineFaults(fault(kExcPF), fault(first)), NestedFault::DoubleFault);
    EXPECT_EQ(combineFaults(fault(kExcDF), fault(first)), NestedFault::Shutdown);
  }
  EXPECT_EQ(combineFaults(fault(kExcPF), fault(kExcPF)), NestedFault::DoubleFault);
  EXPECT_EQ(combineFaults(fault(kExcDF), fault(kExcPF)), NestedFault::Shutdown);
  const PendingEvent interrupt{EventType::ExternalInterrupt, kExcGP, false, 0, 0};
  EXPECT_EQ(combineFaults(interrupt, fault(kExcGP)), NestedFault::DeliverSecond);
}

}  // namespace
}  // namespace duet::tcg
