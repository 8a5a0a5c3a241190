// Control registers, MSRs, segment loads, ports, flags: the checks of SDM vol. 2 and 3.
#include "cpu-tcg/helpers/msr.h"
#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

class System : public HelperTest {
 protected:
  PendingEvent movToCr(int n, u64 value) {
    reg(kRax) = value;
    if (n == 8) return run<MovToCr>({0x44, 0x0f, 0x22, 0xc0});
    return run<MovToCr>({0x0f, 0x22, 0xc0 | n << 3});
  }
  PendingEvent wrmsr(u32 index, u64 value) {
    reg(kRcx) = index;
    reg(kRax) = value & 0xffffffff;
    reg(kRdx) = value >> 32;
    return run<Wrmsr>({0x0f, 0x30});
  }
  u64 rdmsr(u32 index) {
    reg(kRcx) = index;
    EXPECT_NO_FAULT(run<Rdmsr>({0x0f, 0x32}));
    return reg(kRdx) << 32 | reg(kRax);
  }
};

TEST_F(System, Cr0Rules) {
  enterProtected(0);
  EXPECT_FAULT(movToCr(0, kCr0Pg), kExcGP, 0);
  EXPECT_FAULT(movToCr(0, kCr0Pe | kCr0Nw), kExcGP, 0);
  EXPECT_NO_FAULT(movToCr(0, kCr0Pe | 0x1000));
  EXPECT_EQ(arch().cr0, 0x11u) << "reserved bits are ignored, ET is fixed";
  enterLong(0);
  EXPECT_FAULT(movToCr(0, 0x80000011 | u64{1} << 32), kExcGP, 0);
  EXPECT_FAULT(movToCr(0, 0x11), kExcGP, 0);  // paging off in 64-bit code
}

TEST_F(System, EnteringLongMode) {
  CpuState s = protectedState(0);
  s.cr3 = kPageTables;
  s.msr.efer = kEferLme;
  load(s);
  EXPECT_FAULT(movToCr(0, 0x80000011), kExcGP, 0);  // LME without PAE
  EXPECT_NO_FAULT(movToCr(4, kCr4Pae));
  EXPECT_NO_FAULT(movToCr(0, 0x80000011));
  EXPECT_TRUE(arch().msr.efer & kEferLma);
  EXPECT_TRUE(ctx_->longMode);
  EXPECT_FAULT(movToCr(4, 0), kExcGP, 0);
  EXPECT_FAULT(wrmsr(kMsrEfer, 0), kExcGP, 0);  // LME while paging
  EXPECT_NO_FAULT(movToCr(0, 0x11));            // from compatibility mode that is allowed
  EXPECT_FALSE(arch().msr.efer & kEferLma);
  arch().segment[kSegCs].attributes |= kSegL;
  EXPECT_FAULT(movToCr(0, 0x80000011), kExcGP, 0);
}

TEST_F(System, Cr4ByModelAndPcid) {
  enterLong(0);
  EXPECT_FAULT(movToCr(4, arch().cr4 | kCr4Vmxe), kExcGP, 0);
  EXPECT_NO_FAULT(movToCr(4, arch().cr4 | kCr4Smep | kCr4Umip));
  EXPECT_FAULT(movToCr(4, arch().cr4 | kCr4La57), kExcGP, 0);  // not while in long mode
  arch().cr3 |= 8;
  EXPECT_FAULT(movToCr(4, arch().cr4 | kCr4Pcide), kExcGP, 0);
  arch().cr3 &= ~u64{0xfff};
  EXPECT_FAULT(movToCr(3, kPageTables | u64{1} << 63), kExcGP, 0);
  EXPECT_NO_FAULT(movToCr(4, arch().cr4 | kCr4Pcide));
  EXPECT_NO_FAULT(movToCr(3, kPageTables | 1 | u64{1} << 63));
  EXPECT_EQ(arch().cr3, kPageTables | 1);
  EXPECT_FAULT(movToCr(3, u64{1} << 60), kExcGP, 0);
  use("kvm64");
  enterLong(0);
  EXPECT_FAULT(movToCr(4, arch().cr4 | kCr4Pcide), kExcGP, 0);
  EXPECT_FAULT(movToCr(4, arch().cr4 | kCr4Smep), kExcGP, 0);
}

TEST_F(System, PaePdptesAreLoadedAndChecked) {
  CpuState s = protectedState(0);
  s.cr4 = kCr4Pae;
  load(s);
  poke<u64>(0x5000, 0x6001);
  poke<u64>(0x5008, 0x6003);  // bit 1 is reserved
  EXPECT_NO_FAULT(movToCr(3, 0x5000));
  EXPECT_FAULT(movToCr(0, 0x80000011), kExcGP, 0);
  EXPECT_EQ(arch().cr0, 0x11u);
  poke<u64>(0x5008, 0x7000);
  poke<u64>(0x6000, 0x83);  // identity map of the first 2 MiB
  EXPECT_NO_FAULT(movToCr(0, 0x80000011));
  EXPECT_EQ(arch().pdpte[0], 0x6001u);
  poke<u64>(0x5000, 0x6101);
  EXPECT_FAULT(movToCr(3, 0x5000), kExcGP, 0);
}

TEST_F(System, Cr8IsTheTaskPriority) {
  enterLong(0);
  EXPECT_NO_FAULT(movToCr(8, 9));
  EXPECT_EQ(apic_.priority, 9);
  EXPECT_FAULT(movToCr(8, 16), kExcGP, 0);
}

TEST_F(System, DebugRegisters) {
  enterLong(0);
  reg(kRax) = 0xffffffff;
  EXPECT_NO_FAULT(run<MovToDr>({0x0f, 0x23, 0xf0}));  // DR6
  EXPECT_EQ(arch().dr6, 0xffffefffu);
  reg(kRax) = 0;
  EXPECT_NO_FAULT(run<MovToDr>({0x0f, 0x23, 0xf8}));
  EXPECT_EQ(arch().dr7, 0x400u);
  reg(kRax) = u64{1} << 32;
  EXPECT_FAULT(run<MovToDr>({0x0f, 0x23, 0xf8}), kExcGP, 0);
  EXPECT_NO_FAULT(run<MovFromDr>({0x0f, 0x21, 0xe0}));  // DR4 is DR6 without CR4.DE
  EXPECT_EQ(reg(kRax), 0xffffefffu);
  arch().cr4 |= kCr4De;
  EXPECT_FAULT(run<MovFromDr>({0x0f, 0x21, 0xe0}), kExcUD, 0);
  arch().dr7 |= 1u << 13;
  const PendingEvent fault = run<MovFromDr>({0x0f, 0x21, 0xf0});
  EXPECT_EQ(fault.vector, kExcDB);
  EXPECT_EQ(fault.payload, 1u << 13);
}

TEST_F(System, MsrChecks) {
  enterLong(0);
  for (const u32 index : {u32{kMsrLstar}, u32{kMsrFsBase}, u32{kMsrKernelGsBase}, u32{kMsrSysenterEip}}) {
    // The model has 57-bit linear addresses, and writes are checked against those.
    EXPECT_FAULT(wrmsr(index, u64{1} << 60), kExcGP, 0);
    EXPECT_NO_FAULT(wrmsr(index, 0xffff800000001234));
    EXPECT_EQ(rdmsr(index), 0xffff800000001234u);
  }
  EXPECT_FAULT(wrmsr(kMsrPat, 2), kExcGP, 0);
  EXPECT_NO_FAULT(wrmsr(kMsrPat, 0x0407050600070106));
  EXPECT_FAULT(wrmsr(kMsrMtrrDefType, 2), kExcGP, 0);
  EXPECT_FAULT(wrmsr(kMsrMtrrPhysBase0 + 1, 0x400), kExcGP, 0);
  EXPECT_NO_FAULT(wrmsr(kMsrMtrrPhysBase0 + 1, 0xff80000800));
  EXPECT_FAULT(wrmsr(kMsrMtrrCap, 0), kExcGP, 0);
  EXPECT_EQ(rdmsr(kMsrMtrrCap), 0x508u);
  EXPECT_FAULT(wrmsr(kMsrEfer, 1u << 12), kExcGP, 0);
  EXPECT_FAULT(wrmsr(kMsrTscAux, u64{1} << 32), kExcGP, 0);
  EXPECT_FAULT(wrmsr(kMsrFeatureControl, 0), kExcGP, 0);
  EXPECT_FAULT(wrmsr(0x12345, 0), kExcGP, 0);
  EXPECT_FAULT(wrmsr(kMsrMc0Ctl + 1, 1), kExcGP, 0);
  EXPECT_EQ(rdmsr(kMsrMcgCap) & 0xff, 10u);
  EXPECT_EQ(rdmsr(kMsrApicBase), 0xfee00900u);
}

TEST_F(System, TscAdjustFollowsTsc) {
  enterLong(0);
  const u64 before = rdmsr(kMsrTsc);
  EXPECT_NO_FAULT(wrmsr(kMsrTsc, before + 1000));
  EXPECT_EQ(rdmsr(kMsrTsc), before + 1000);
  EXPECT_EQ(rdmsr(kMsrTscAdjust), 1000u);
  EXPECT_NO_FAULT(wrmsr(kMsrTscAdjust, 0));
  EXPECT_EQ(rdmsr(kMsrTsc), before);
}

TEST_F(System, XsetbvRules) {
  CpuState s = longState(0);
  s.cr4 |= kCr4Osxsave;
  load(s);
  const auto set = [&](u64 v) {
    reg(kRcx) = 0;
    reg(kRax) = v;
    reg(kRdx) = v >> 32;
    return run<Xsetbv>({0x0f, 0x01, 0xd1});
  };
  EXPECT_NO_FAULT(set(7));
  EXPECT_EQ(arch().xcr0, 7u);
  EXPECT_FAULT(set(6), kExcGP, 0);
  EXPECT_FAULT(set(5), kExcGP, 0);
  EXPECT_FAULT(set(0xe7), kExcGP, 0);
  reg(kRcx) = 2;
  EXPECT_FAULT(run<Xgetbv>({0x0f, 0x01, 0xd0}), kExcGP, 0);
}

TEST_F(System, SegmentLoads) {
  enterProtected(3);
  const auto load = [&](u16 selector) {
    reg(kRax) = selector;
    return run<MovToSeg>({0x8e, 0xd8});  // DS
  };
  EXPECT_NO_FAULT(load(0));
  EXPECT_FALSE(seg(kSegDs).usable());
  EXPECT_NO_FAULT(load(kData3));
  EXPECT_FAULT(load(kData0), kExcGP, kData0);
  EXPECT_FAULT(load(0x203), kExcGP, 0x200);
  EXPECT_FAULT(load(kAbsent | 3), kExcNP, kAbsent);
  EXPECT_NO_FAULT(load(kConforming));  // readable conforming code: any level
  setGdt(kFree, descriptor(0, 0xfffff, 0xf8, 0xc));
  EXPECT_FAULT(load(kFree | 3), kExcGP, kFree);  // execute-only
  reg(kRax) = 0;
  EXPECT_FAULT(run<MovToSeg>({0x8e, 0xd0}), kExcGP, 0);  // SS
  reg(kRax) = kAbsent | 3;
  EXPECT_FAULT(run<MovToSeg>({0x8e, 0xd0}), kExcSS, kAbsent);
  reg(kRax) = kData3;
  EXPECT_NO_FAULT(run<MovToSeg>({0x8e, 0xd0}));
  EXPECT_EQ(arch().interruptShadow, InterruptShadow::MovSs);
}

TEST_F(System, UnrealModeKeepsLimit) {
  CpuState s = realState();
  s.segment[kSegDs].limit = 0xffffffff;
  load(s);
  reg(kRax) = 0x1234;
  EXPECT_NO_FAULT(run<MovToSeg>({0x8e, 0xd8}));
  EXPECT_EQ(seg(kSegDs).base, 0x12340u);
  EXPECT_EQ(seg(kSegDs).limit, 0xffffffffu);
}

TEST_F(System, LoadFarPointerIsAllOrNothing) {
  enterProtected(0);
  reg(kRbx) = 0x20000;
  poke<u32>(0x20000, 0x1234);
  poke<u16>(0x20004, 0x300);
  reg(kRax) = 7;
  EXPECT_FAULT(run<LoadFarPtr>({0xc4, 0x03}), kExcGP, 0x300);
  EXPECT_EQ(reg(kRax), 7u);
  poke<u16>(0x20004, kData0);
  EXPECT_NO_FAULT(run<LoadFarPtr>({0xc4, 0x03}));
  EXPECT_EQ(reg(kRax), 0x1234u);
  EXPECT_EQ(seg(kSegEs).selector, kData0);
}

TEST_F(System, LarLslVerrVerw) {
  enterProtected(3);
  const auto zf = [&] { return (readFlags(*ctx_) & kFlagZf) != 0; };
  reg(kRcx) = kData3;
  EXPECT_NO_FAULT(run<Lar>({0x0f, 0x02, 0xc1}));
  EXPECT_TRUE(zf());
  EXPECT_EQ(reg(kRax), 0xc0f200u);
  EXPECT_NO_FAULT(run<Lsl>({0x0f, 0x03, 0xc1}));
  EXPECT_EQ(reg(kRax), 0xffffffffu);
  reg(kRcx) = kData0;
  reg(kRax) = 5;
  EXPECT_NO_FAULT(run<Lsl>({0x0f, 0x03, 0xc1}));
  EXPECT_FALSE(zf());
  EXPECT_EQ(reg(kRax), 5u);
  reg(kRcx) = 0x303;
  EXPECT_NO_FAULT(run<Verr>({0x0f, 0x00, 0xe1}));
  EXPECT_FALSE(zf());
  reg(kRcx) = kCode3;
  EXPECT_NO_FAULT(run<Verr>({0x0f, 0x00, 0xe1}));
  EXPECT_TRUE(zf());
  EXPECT_NO_FAULT(run<Verw>({0x0f, 0x00, 0xe9}));
  EXPECT_FALSE(zf());
  reg(kRax) = 0x10;
  reg(kRcx) = 3;
  EXPECT_NO_FAULT(run<Arpl>({0x63, 0xc8}));
  EXPECT_TRUE(zf());
  EXPECT_EQ(reg(kRax), 0x13u);
}

TEST_F(System, LtrAndLldt) {
  enterLong(0);
  reg(kRax) = kTssSel;
  EXPECT_NO_FAULT(run<Ltr>({0x0f, 0x00, 0xd8}));
  EXPECT_EQ(peek<u8>(kGdt + kTssSel + 5), 0x8b);
  EXPECT_FAULT(run<Ltr>({0x0f, 0x00, 0xd8}), kExcGP, kTssSel);  // busy now
  reg(kRax) = 0;
  EXPECT_FAULT(run<Ltr>({0x0f, 0x00, 0xd8}), kExcGP, 0);
  EXPECT_NO_FAULT(run<Lldt>({0x0f, 0x00, 0xd0}));
  EXPECT_FALSE(arch().ldtr.usable());
  setGdt(kLdtSel + 8, u64{1} << 40);  // type bits in the upper half
  reg(kRax) = kLdtSel;
  EXPECT_FAULT(run<Lldt>({0x0f, 0x00, 0xd0}), kExcGP, kLdtSel);
  setGdt(kLdtSel + 8, 0xffff8000);
  EXPECT_NO_FAULT(run<Lldt>({0x0f, 0x00, 0xd0}));
  EXPECT_EQ(arch().ldtr.base, 0xffff800000000000u | kLdt);
  setGdt(kLdtSel + 8, 0x40000000);
  EXPECT_FAULT(run<Lldt>({0x0f, 0x00, 0xd0}), kExcGP, kLdtSel);
}

TEST_F(System, DescriptorTableRegisters) {
  enterLong(0);
  reg(kRax) = 0x20000;
  poke<u16>(0x20000, 0x123);
  poke<u64>(0x20002, u64{1} << 60);
  EXPECT_FAULT(run<Lgdt>({0x0f, 0x01, 0x10}), kExcGP, 0);
  poke<u64>(0x20002, 0xffff800000001000);
  EXPECT_NO_FAULT(run<Lgdt>({0x0f, 0x01, 0x10}));
  EXPECT_EQ(arch().gdtr.limit, 0x123u);
  EXPECT_NO_FAULT(run<Sgdt>({0x0f, 0x01, 0x40, 0x20}));
  EXPECT_EQ(peek<u64>(0x20022), 0xffff800000001000u);
  enterProtected(0);
  reg(kRax) = 0x20000;
  poke<u32>(0x20002, 0x87654321);
  EXPECT_NO_FAULT(run<Lidt>({0x66, 0x0f, 0x01, 0x18}));
  EXPECT_EQ(arch().idtr.base, 0x654321u);
}

TEST_F(System, UmipHidesTablesFromUsers) {
  CpuState s = longState(3);
  s.cr4 |= kCr4Umip;
  load(s);
  EXPECT_FAULT(run<Sldt>({0x0f, 0x00, 0xc0}), kExcGP, 0);
  EXPECT_FAULT(run<Str>({0x0f, 0x00, 0xc8}), kExcGP, 0);
  EXPECT_FAULT(run<Smsw>({0x0f, 0x01, 0xe0}), kExcGP, 0);
  arch().cr4 &= ~u64{kCr4Umip};
  EXPECT_NO_FAULT(run<Str>({0x0f, 0x00, 0xc8}));
  EXPECT_EQ(reg(kRax), kTssSel);
}

TEST_F(System, PortsByIoplAndBitmap) {
  CpuState s = protectedState(3);
  load(s);
  std::memset(block_->host + kTss + 0x68, 0, 0x300);
  poke<u8>(kTss + 0x68 + 0x80 / 8, 1);  // port 0x80 is forbidden
  reg(kRax) = 0x55;
  EXPECT_NO_FAULT(run<Out>({0xe6, 0x70}));
  EXPECT_EQ(device_.values[0x70], 0x55u);
  EXPECT_FAULT(run<Out>({0xe6, 0x80}), kExcGP, 0);
  EXPECT_FAULT(run<In>({0xe5, 0x7e}), kExcGP, 0);  // 4 ports from 7Eh reach 80h
  reg(kRdx) = 0x1cc0;  // map byte 398h + 68h: the second byte read is past the limit
  EXPECT_FAULT(run<In>({0xec}), kExcGP, 0);
  reg(kRdx) = 0x1c00;
  EXPECT_NO_FAULT(run<In>({0xec}));
  arch().rflags |= kFlagIopl;
  EXPECT_NO_FAULT(run<Out>({0xe6, 0x80}));
  enterV86(3);  // the bitmap counts whatever IOPL
  EXPECT_FAULT(run<Out>({0xe6, 0x80}), kExcGP, 0);
}

TEST_F(System, InZeroExtends32Bits) {
  enterLong(0);
  device_.values[0x40] = 0x12345678;
  reg(kRax) = ~u64{0};
  EXPECT_NO_FAULT(run<In>({0xe5, 0x40}));
  EXPECT_EQ(reg(kRax), 0x12345678u);
  reg(kRax) = ~u64{0};
  EXPECT_NO_FAULT(run<In>({0xe4, 0x40}));
  EXPECT_EQ(reg(kRax), 0xffffffffffffff78u);
}

TEST_F(System, FlagsByPrivilege) {
  enterProtected(3);
  EXPECT_FAULT(run<Cli>({0xfa}), kExcGP, 0);
  EXPECT_FAULT(run<Sti>({0xfb}), kExcGP, 0);
  poke<u32>(kStack3, kFlagIf | kFlagIopl | kFlagCf | kFlagId);
  EXPECT_NO_FAULT(run<Popf>({0x9d}));
  EXPECT_EQ(readFlags(*ctx_), 2u | kFlagCf | kFlagId);
  enterProtected(0);
  EXPECT_NO_FAULT(run<Sti>({0xfb}));
  EXPECT_EQ(arch().interruptShadow, InterruptShadow::Sti);
  arch().interruptShadow = InterruptShadow::None;
  EXPECT_NO_FAULT(run<Sti>({0xfb}));
  EXPECT_EQ(arch().interruptShadow, InterruptShadow::None) << "IF was set already";
  enterV86(2);
  EXPECT_FAULT(run<Pushf>({0x9c}), kExcGP, 0);
  EXPECT_FAULT(run<Popf>({0x9d}), kExcGP, 0);
  CpuState s = longState(0);
  s.rflags = 2 | kFlagRf | kFlagIf;
  load(s);
  EXPECT_NO_FAULT(run<Pushf>({0x9c}));
  EXPECT_EQ(peek<u64>(kStack0 - 8), 2u | kFlagIf);
}

// SDM vol. 3 21.3, 21.4.
TEST_F(System, VirtualInterruptFlag) {
  CpuState s = v86State(0);
  s.cr4 = kCr4Vme;
  load(s);
  EXPECT_NO_FAULT(run<Sti>({0xfb}));
  EXPECT_TRUE(arch().rflags & kFlagVif);
  EXPECT_FALSE(arch().rflags & kFlagIf);
  EXPECT_NO_FAULT(run<Pushf>({0x9c}));
  EXPECT_EQ(peek<u16>(0x12000 + 0x7fe), 2 | kFlagIf | kFlagIopl);
  EXPECT_FAULT(run<Pushf>({0x66, 0x9c}), kExcGP, 0);
  EXPECT_NO_FAULT(run<Cli>({0xfa}));
  EXPECT_FALSE(arch().rflags & kFlagVif);
  EXPECT_NO_FAULT(run<Popf>({0x9d}));
  EXPECT_TRUE(arch().rflags & kFlagVif);
  EXPECT_EQ(arch().rflags & kFlagIopl, 0u);
  arch().rflags |= kFlagVip;
  EXPECT_FAULT(run<Sti>({0xfb}), kExcGP, 0);
  reg(kRsp) -= 2;
  EXPECT_FAULT(run<Popf>({0x9d}), kExcGP, 0);
  poke<u16>(0x12000 + 0x7fe, kFlagTf);
  arch().rflags &= ~u64{kFlagVip};
  EXPECT_FAULT(run<Popf>({0x9d}), kExcGP, 0);
  s = protectedState(3);
  s.cr4 = kCr4Pvi;
  load(s);
  EXPECT_NO_FAULT(run<Sti>({0xfb}));
  EXPECT_TRUE(arch().rflags & kFlagVif);
}

TEST_F(System, FsgsbaseAndSwapgs) {
  enterLong(0);
  EXPECT_FAULT(run<Rdfsbase>({0xf3, 0x48, 0x0f, 0xae, 0xc0}), kExcUD, 0);
  arch().cr4 |= kCr4Fsgsbase;
  reg(kRax) = u64{1} << 60;
  EXPECT_FAULT(run<Wrgsbase>({0xf3, 0x48, 0x0f, 0xae, 0xd8}), kExcGP, 0);
  reg(kRax) = 0xffff800000000000;
  EXPECT_NO_FAULT(run<Wrgsbase>({0xf3, 0x48, 0x0f, 0xae, 0xd8}));
  EXPECT_NO_FAULT(run<Swapgs>({0x0f, 0x01, 0xf8}));
  EXPECT_EQ(arch().msr.kernelGsBase, 0xffff800000000000u);
  EXPECT_EQ(seg(kSegGs).base, 0u);
}

TEST_F(System, TimeStampCounterPrivilege) {
  CpuState s = longState(3);
  s.cr4 |= kCr4Tsd;
  load(s);
  EXPECT_FAULT(run<Rdtsc>({0x0f, 0x31}), kExcGP, 0);
  EXPECT_FAULT(run<Rdtscp>({0x0f, 0x01, 0xf9}), kExcGP, 0);
  arch().cr4 &= ~u64{kCr4Tsd};
  arch().msr.tscAux = 7;
  EXPECT_NO_FAULT(run<Rdtscp>({0x0f, 0x01, 0xf9}));
  EXPECT_EQ(reg(kRcx), 7u);
}

TEST_F(System, HltAndMwait) {
  enterLong(0);
  EXPECT_NO_FAULT(run<Hlt>({0xf4}));
  EXPECT_EQ(arch().activity, Activity::Halted);
  EXPECT_EQ(ctx_->exitReason, ExitReason::Halt);
  EXPECT_TRUE(ctx_->leave & kLeaveExit);
  CpuState s = longState(0);
  s.rflags |= kFlagIf;
  load(s);
  EXPECT_NO_FAULT(run<Monitor>({0x0f, 0x01, 0xc8}));
  EXPECT_NO_FAULT(run<Mwait>({0x0f, 0x01, 0xc9}));
  EXPECT_EQ(arch().activity, Activity::Halted);
  reg(kRcx) = 2;
  EXPECT_FAULT(run<Mwait>({0x0f, 0x01, 0xc9}), kExcGP, 0);
}

TEST_F(System, ClzeroAndInvpcid) {
  enterLong(0);
  std::memset(block_->host + 0x20000, 0xff, 256);
  reg(kRax) = 0x20077;
  EXPECT_NO_FAULT(run<Clzero>({0x0f, 0x01, 0xfc}));
  EXPECT_EQ(peek<u8>(0x2003f), 0xff);
  EXPECT_EQ(peek<u64>(0x20040), 0u);
  EXPECT_EQ(peek<u64>(0x20078), 0u);
  EXPECT_EQ(peek<u8>(0x20080), 0xff);
  reg(kRdi) = 0x21000;
  reg(kRax) = 4;
  EXPECT_FAULT(run<Invpcid>({0x66, 0x0f, 0x38, 0x82, 0x07}), kExcGP, 0);
  reg(kRax) = 0;
  poke<u64>(0x21000, 1);  // a PCID while CR4.PCIDE is 0
  EXPECT_FAULT(run<Invpcid>({0x66, 0x0f, 0x38, 0x82, 0x07}), kExcGP, 0);
  poke<u64>(0x21000, 0);
  EXPECT_NO_FAULT(run<Invpcid>({0x66, 0x0f, 0x38, 0x82, 0x07}));
  poke<u64>(0x21008, u64{1} << 60);
  EXPECT_FAULT(run<Invpcid>({0x66, 0x0f, 0x38, 0x82, 0x07}), kExcGP, 0);
}

TEST_F(System, CpuidShowsRunTimeBits) {
  enterLong(0);
  reg(kRax) = 1;
  EXPECT_NO_FAULT(run<Cpuid>({0x0f, 0xa2}));
  EXPECT_TRUE(reg(kRdx) & (1u << 9));
  EXPECT_FALSE(reg(kRcx) & (1u << 27));
  arch().cr4 |= kCr4Osxsave;
  apic_.apicBase = 0xfee00100;
  reg(kRax) = 1;
  EXPECT_NO_FAULT(run<Cpuid>({0x0f, 0xa2}));
  EXPECT_FALSE(reg(kRdx) & (1u << 9));
  EXPECT_TRUE(reg(kRcx) & (1u << 27));
}

}  // namespace
}  // namespace duet::tcg
