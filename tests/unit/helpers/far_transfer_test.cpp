// Far CALL, JMP, RET, IRET, task switches and fast system calls: SDM vol. 2 pseudo-code, vol. 3 chapters 6, 8.
#include "cpu-tcg/helpers/far_transfer.h"

#include "tests/unit/helpers/fixture.h"

namespace duet::tcg {
namespace {

class FarTransfer : public HelperTest {
 protected:
  // call/jmp ptr16:32
  PendingEvent callFar(u16 selector, u32 offset) { return run<FarCall>(pointer(0x9a, selector, offset)); }
  PendingEvent jumpFar(u16 selector, u32 offset) { return run<FarJmp>(pointer(0xea, selector, offset)); }
  template <class S>
  PendingEvent run(std::initializer_list<int> bytes) {
    return HelperTest::run<S>(bytes);
  }
  template <class S>
  PendingEvent run(const std::vector<int>& b) {
    return HelperTest::run<S>({b[0], b[1], b[2], b[3], b[4], b[5], b[6]});
  }
  static std::vector<int> pointer(int opcode, u16 selector, u32 offset) {
    const auto byte = [](u32 v, unsigned n) { return static_cast<int>(v >> (8 * n) & 0xff); };
    return {opcode,          byte(offset, 0),   byte(offset, 1),  byte(offset, 2),
            byte(offset, 3), byte(selector, 0), byte(selector, 1)};
  }
  void pushFrame(u64 sp, std::initializer_list<u32> words) {
    for (const u32 w : words) {
      poke<u32>(sp, w);
      sp += 4;
    }
    reg(kRsp) = sp - 4 * words.size();
  }
  void pushFrame64(u64 sp, std::initializer_list<u64> words) {
    reg(kRsp) = sp;
    for (const u64 w : words) {
      poke<u64>(sp, w);
      sp += 8;
    }
  }
};

TEST_F(FarTransfer, RealModeCallAndReturn) {
  enterReal();
  EXPECT_NO_FAULT(HelperTest::run<FarCall>({0x9a, 0x34, 0x12, 0x00, 0x20}));
  EXPECT_EQ(seg(kSegCs).base, 0x20000u);
  EXPECT_EQ(arch().rip, 0x1234u);
  EXPECT_EQ(peek<u16>(0x8ffc), 0x25);
  EXPECT_EQ(peek<u16>(0x8ffe), 0x1000);
  EXPECT_NO_FAULT(run<FarRet>({0xca, 0x04, 0x00}));
  EXPECT_EQ(arch().rip, 0x25u);
  EXPECT_EQ(seg(kSegCs).selector, 0x1000);
  EXPECT_EQ(reg(kRsp), 0x1004u);
}

TEST_F(FarTransfer, RealModeStackPointerWraps) {
  CpuState s = realState();
  s.gpr[kRsp] = 0xabcd0002;
  load(s);
  EXPECT_NO_FAULT(HelperTest::run<FarCall>({0x9a, 0x34, 0x12, 0x00, 0x20}));
  EXPECT_EQ(reg(kRsp), 0xabcdfffeu);
  EXPECT_EQ(peek<u16>(0x8000), 0x1000);
  EXPECT_EQ(peek<u16>(0x8000 + 0xfffe), 0x25);
}

TEST_F(FarTransfer, DirectJumpChecks) {
  enterProtected(0);
  EXPECT_FAULT(jumpFar(0, 0x100), kExcGP, 0);
  EXPECT_FAULT(jumpFar(kData0, 0x100), kExcGP, kData0);
  EXPECT_FAULT(jumpFar(0x300, 0x100), kExcGP, 0x300);
  EXPECT_FAULT(jumpFar(kCode0 | 1, 0x100), kExcGP, kCode0);  // RPL over CPL
  EXPECT_FAULT(jumpFar(kCode3, 0x100), kExcGP, kCode3 & ~3);
  EXPECT_FAULT(jumpFar(kCode16, 0x10000), kExcGP, 0);  // over the limit
  setGdt(kFree, descriptor(0, 0xfffff, 0x1a, 0xc));
  EXPECT_FAULT(jumpFar(kFree, 0x100), kExcNP, kFree);
  EXPECT_FAULT(jumpFar(0x0c, 0x100), kExcGP, 0x0c);  // LDT selector without an LDT
  EXPECT_EQ(arch().rip, kCode);
  EXPECT_NO_FAULT(jumpFar(kCode16, 0x4321));
  EXPECT_EQ(ctx_->codeMode, isa::CodeMode::Bits16);
  EXPECT_EQ(arch().rip, 0x4321u);
  EXPECT_TRUE(ctx_->leave & kLeaveCode);
}

TEST_F(FarTransfer, ConformingCodeKeepsCpl) {
  enterProtected(3);
  EXPECT_NO_FAULT(callFar(kConforming, 0x100));
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(seg(kSegCs).selector, kConforming | 3);
  EXPECT_EQ(peek<u32>(kStack3 - 8), kCode + 7);
  EXPECT_EQ(peek<u32>(kStack3 - 4), kCode3);
}

TEST_F(FarTransfer, CallGateToInnerLevelCopiesParameters) {
  enterProtected(3);
  setGdt(kGateSel, gate(kCode0, 0x4444, 0xec, 2));
  poke<u32>(kStack3, 0x11111111);
  poke<u32>(kStack3 + 4, 0x22222222);
  EXPECT_NO_FAULT(callFar(kGateSel, 0xffff));
  EXPECT_EQ(arch().rip, 0x4444u);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(seg(kSegCs).selector, kCode0);
  EXPECT_EQ(reg(kRsp), kStack0 - 24);
  EXPECT_EQ(peek<u32>(kStack0 - 4), kData3);
  EXPECT_EQ(peek<u32>(kStack0 - 8), kStack3);
  EXPECT_EQ(peek<u32>(kStack0 - 12), 0x22222222u);
  EXPECT_EQ(peek<u32>(kStack0 - 16), 0x11111111u);
  EXPECT_EQ(peek<u32>(kStack0 - 20), kCode3);
  EXPECT_EQ(peek<u32>(kStack0 - 24), kCode + 7);
  // And back: parameters are released on both stacks, inner data segments become null.
  seg(kSegEs) = flat(kData0, 0xc093);
  EXPECT_NO_FAULT(run<FarRet>({0xca, 0x08, 0x00}));
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(arch().rip, kCode + 7);
  EXPECT_EQ(seg(kSegSs).selector, kData3);
  EXPECT_EQ(reg(kRsp), kStack3 + 8);
  EXPECT_EQ(seg(kSegEs).selector, 0);
  EXPECT_FALSE(seg(kSegEs).usable());
  EXPECT_EQ(seg(kSegDs).selector, kData3);
}

TEST_F(FarTransfer, CallGateChecks) {
  enterProtected(3);
  setGdt(kGateSel, gate(kCode0, 0x4444, 0x8c));
  EXPECT_FAULT(callFar(kGateSel, 0), kExcGP, kGateSel);  // gate DPL 0
  setGdt(kGateSel, gate(kCode0, 0x4444, 0x6c));
  EXPECT_FAULT(callFar(kGateSel, 0), kExcNP, kGateSel);
  setGdt(kGateSel, gate(0, 0x4444, 0xec));
  EXPECT_FAULT(callFar(kGateSel, 0), kExcGP, 0);
  setGdt(kGateSel, gate(kData3, 0x4444, 0xec));
  EXPECT_FAULT(callFar(kGateSel, 0), kExcGP, kData3 & ~3);
  setGdt(kGateSel, gate(kCode0, 0x4444, 0xec));
  EXPECT_FAULT(jumpFar(kGateSel, 0), kExcGP, kCode0);  // JMP cannot gain privilege
  poke<u16>(kTss + 8, kData3);
  EXPECT_FAULT(callFar(kGateSel, 0), kExcTS, kData3 & ~3);
  EXPECT_EQ(reg(kRsp), kStack3);
  EXPECT_EQ(ctx_->cpl, 3);
}

TEST_F(FarTransfer, LongModeCallGate) {
  enterLong(3);
  poke<u64>(kTss + 4, kStack0);
  poke<u64>(kGdt + kGateSel, gate(kCode64, 0x4444, 0xec));
  poke<u64>(kGdt + kGateSel + 8, 0);
  poke<u32>(kStack3 + 0x100, 0xffff);
  poke<u16>(kStack3 + 0x104, kGateSel);
  EXPECT_NO_FAULT(run<FarCall>({0xff, 0x9c, 0x24, 0x00, 0x01, 0x00, 0x00}));  // call far [rsp+0x100]
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(arch().rip, 0x4444u);
  EXPECT_EQ(reg(kRsp), kStack0 - 32);
  EXPECT_EQ(peek<u64>(kStack0 - 32), kCode + 7);
  EXPECT_EQ(peek<u64>(kStack0 - 24), kCode64User);
  EXPECT_EQ(peek<u64>(kStack0 - 16), kStack3);
  EXPECT_EQ(peek<u64>(kStack0 - 8), kData3);
  EXPECT_EQ(seg(kSegSs).selector, 0);
}

TEST_F(FarTransfer, ReturnChecks) {
  enterProtected(3);
  pushFrame(kStack3, {0x100, kCode0, 0, 0});
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcGP, kCode0);  // RPL below CPL
  pushFrame(kStack3, {0x100, 0, 0, 0});
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcGP, 0);
  enterProtected(0);
  pushFrame(kStack0, {0x100, kCode3, kStack3, kData0 | 3});
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcGP, kData0);  // SS of the wrong level
  pushFrame(kStack0, {0x100, kCode3, kStack3, 0});
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcGP, 0);
  setGdt(kFree, descriptor(0, 0xfffff, 0x72, 0xc));
  pushFrame(kStack0, {0x100, kCode3, kStack3, kFree | 3});
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcSS, kFree);
  EXPECT_EQ(reg(kRsp), kStack0);
  EXPECT_EQ(ctx_->cpl, 0);
}

TEST_F(FarTransfer, IretFlagsByPrivilege) {
  enterProtected(3);
  const u32 all = 2 | kFlagIf | kFlagIopl | kFlagAc | kFlagId | kFlagCf;
  pushFrame(kStack3, {0x100, kCode3, all});
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_EQ(readFlags(*ctx_), u64{all & ~(kFlagIf | kFlagIopl)});  // IOPL 0: neither may change
  enterProtected(0);
  pushFrame(kStack0, {0x100, kCode0, all});
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_EQ(readFlags(*ctx_), u64{all});
  enterProtected(0);
  pushFrame(kStack0, {kCode0 << 16 | 0x100, 0x3202});
  EXPECT_NO_FAULT(run<Iret>({0x66, 0xcf}));
  EXPECT_EQ(readFlags(*ctx_), 0x3202u);
  EXPECT_EQ(reg(kRsp), kStack0 + 6);
}

TEST_F(FarTransfer, IretToOuterLevelWith16BitStackKeepsUpperHalf) {
  enterProtected(0);
  setGdt(kFree, descriptor(0, 0xffff, 0xf2, 0));
  pushFrame(0xabc0, {0x100, kCode3, 2, 0x99991234, kFree | 3});
  reg(kRsp) = 0xabc0;
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_EQ(reg(kRsp), 0x1234u);
  EXPECT_EQ(ctx_->stackSize, 2);
}

TEST_F(FarTransfer, IretToVirtual8086) {
  enterProtected(0);
  pushFrame(kStack0, {0x100, 0x1100, 2 | kFlagVm | kFlagIopl | kFlagIf, 0x800, 0x1200, 0x1000, 0x1300, 0x1400,
                      0x1500});
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_TRUE(ctx_->v86);
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(seg(kSegCs).base, 0x11000u);
  EXPECT_EQ(seg(kSegSs).selector, 0x1200);
  EXPECT_EQ(seg(kSegGs).selector, 0x1500);
  EXPECT_EQ(reg(kRsp), 0x800u);
  EXPECT_EQ(arch().rip, 0x100u);
  EXPECT_EQ(ctx_->codeMode, isa::CodeMode::Bits16);
}

TEST_F(FarTransfer, IretqToUser) {
  enterLong(0);
  const u64 user = 0x0000'7000'0000'1000;
  pushFrame64(kStack0, {user, kCode64User, 0x202, 0x0000'7fff'ffff'0000, kData3});
  seg(kSegFs) = {0, 0x1234567890, 0, kSegUnusable};
  EXPECT_NO_FAULT(run<Iret>({0x48, 0xcf}));
  EXPECT_EQ(arch().rip, user);
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(reg(kRsp), 0x0000'7fff'ffff'0000u);
  EXPECT_EQ(readFlags(*ctx_), 0x202u);
  EXPECT_EQ(seg(kSegFs).base, 0x1234567890u) << "a null selector keeps its base";
}

TEST_F(FarTransfer, IretqToUserWithBasesKept) {
  enterLong(0);
  seg(kSegGs) = {0, 0xffff888000000000, 0, kSegUnusable};
  pushFrame64(kStack0, {0x1000, kCode64User, 0x202, 0x5000, kData3});
  EXPECT_NO_FAULT(run<Iret>({0x48, 0xcf}));
  EXPECT_EQ(seg(kSegGs).base, 0xffff888000000000u);
}

TEST_F(FarTransfer, IretqChecks) {
  enterLong(0);
  pushFrame64(kStack0, {u64{1} << 47, kCode64User, 2, 0x1000, kData3});
  EXPECT_FAULT(run<Iret>({0x48, 0xcf}), kExcGP, 0);
  pushFrame64(kStack0, {0x1000, kCode64User, 2, 0x1000, 0});  // null SS at level 3
  EXPECT_FAULT(run<Iret>({0x48, 0xcf}), kExcGP, 0);
  pushFrame64(kStack0, {0x1000, kCode64, 2, 0x5008, 0});  // null SS at level 0 is good
  EXPECT_NO_FAULT(run<Iret>({0x48, 0xcf}));
  EXPECT_EQ(reg(kRsp), 0x5008u);
  EXPECT_EQ(ctx_->cpl, 0);
  arch().rflags |= kFlagNt;
  reg(kRsp) = kStack0;
  EXPECT_FAULT(run<Iret>({0x48, 0xcf}), kExcGP, 0);
  setGdt(kFree, descriptor(0, 0xfffff, 0x9a, 0xe));  // L and D
  arch().rflags &= ~u64{kFlagNt};
  pushFrame64(kStack0, {0x1000, kFree, 2, 0x1000, kData0});
  EXPECT_FAULT(run<Iret>({0x48, 0xcf}), kExcGP, kFree);
}

TEST_F(FarTransfer, FaultingIretUnblocksNmi) {
  enterLong(0);
  arch().nmiBlocked = true;
  pushFrame64(kStack0, {0x1000, 0, 2, 0x1000, kData0});
  EXPECT_FAULT(run<Iret>({0x48, 0xcf}), kExcGP, 0);
  EXPECT_FALSE(arch().nmiBlocked);
}

TEST_F(FarTransfer, StackFaultOnReturn) {
  CpuState s = protectedState(0);
  s.segment[kSegSs].limit = 0x7fff;
  s.gpr[kRsp] = 0x7ffc;
  load(s);
  EXPECT_FAULT(run<FarRet>({0xcb}), kExcSS, 0);
}

// --- tasks

class Tasks : public FarTransfer {
 protected:
  void prepareTask(u64 base, u16 code = kCode0, u16 data = kData0) {
    poke<u32>(base + 0x20, 0x5555);  // EIP
    poke<u32>(base + 0x24, 2);
    for (unsigned i = 0; i < 8; ++i) poke<u32>(base + 0x28 + 4 * i, 0xa0 + i);
    poke<u32>(base + 0x38, 0x7000);  // ESP
    for (unsigned i = 0; i < 6; ++i) poke<u16>(base + 0x48 + 4 * i, data);
    poke<u16>(base + 0x4c, code);
    poke<u16>(base + 0x60, 0);
    poke<u16>(base + 0x64, 0);
  }
  u8 access(u16 selector) { return peek<u8>(kGdt + (selector & ~7u) + 5); }
};

TEST_F(Tasks, JumpMovesBusyBit) {
  CpuState s = protectedState(0);
  s.gpr[kRbx] = 0x1234;
  load(s);
  setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0));
  prepareTask(kTss2);
  EXPECT_NO_FAULT(jumpFar(kTss2Sel, 0));
  EXPECT_EQ(access(kTssSel), 0x89);
  EXPECT_EQ(access(kTss2Sel), 0x8b);
  EXPECT_EQ(arch().tr.selector, kTss2Sel);
  EXPECT_EQ(arch().rip, 0x5555u);
  EXPECT_EQ(reg(kRbx), 0xa3u);
  EXPECT_EQ(reg(kRsp), 0x7000u);
  EXPECT_TRUE(arch().cr0 & kCr0Ts);
  EXPECT_EQ(peek<u32>(kTss + 0x20), kCode + 7);
  EXPECT_EQ(peek<u32>(kTss + 0x34), 0x1234u);
  EXPECT_EQ(readFlags(*ctx_) & kFlagNt, 0u);
}

TEST_F(Tasks, CallNestsAndIretReturns) {
  enterProtected(0);
  setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0));
  prepareTask(kTss2);
  EXPECT_NO_FAULT(callFar(kTss2Sel, 0));
  EXPECT_EQ(access(kTssSel), 0x8b);
  EXPECT_EQ(access(kTss2Sel), 0x8b);
  EXPECT_EQ(peek<u16>(kTss2), kTssSel);
  EXPECT_TRUE(readFlags(*ctx_) & kFlagNt);
  EXPECT_NO_FAULT(run<Iret>({0xcf}));
  EXPECT_EQ(arch().tr.selector, kTssSel);
  EXPECT_EQ(arch().rip, kCode + 7);
  EXPECT_EQ(access(kTss2Sel), 0x89);
  EXPECT_EQ(access(kTssSel), 0x8b);
  EXPECT_EQ(peek<u32>(kTss2 + 0x24) & kFlagNt, 0u) << "IRET saves NT clear";
}

TEST_F(Tasks, TaskGateInIdtPushesErrorCodeOnNewStack) {
  enterProtected(3);
  setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0));
  prepareTask(kTss2);
  setIdt(8, gate(kTss2Sel, 0, 0x85));
  EXPECT_NO_FAULT(deliver(exception(8, 0)));
  EXPECT_EQ(arch().rip, 0x5555u);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(reg(kRsp), 0x7000u - 4);
  EXPECT_EQ(peek<u32>(0x7000 - 4), 0u);
  EXPECT_EQ(peek<u32>(kTss + 0x20), kCode);
}

TEST_F(Tasks, ChecksBeforeTheSwitch) {
  enterProtected(0);
  prepareTask(kTss2);
  setGdt(kTss2Sel, descriptor(kTss2, 0x67, 0x8b, 0));
  EXPECT_FAULT(jumpFar(kTss2Sel, 0), kExcGP, kTss2Sel);  // busy
  setGdt(kTss2Sel, descriptor(kTss2, 0x67, 0x09, 0));
  EXPECT_FAULT(jumpFar(kTss2Sel, 0), kExcNP, kTss2Sel);
  setGdt(kTss2Sel, descriptor(kTss2, 0x66, 0x89, 0));
  EXPECT_FAULT(jumpFar(kTss2Sel, 0), kExcTS, kTss2Sel);
  EXPECT_EQ(arch().tr.selector, kTssSel);
  arch().rflags |= kFlagNt;
  poke<u16>(kTss, kCode0);
  EXPECT_FAULT(run<Iret>({0xcf}), kExcTS, kCode0);
}

TEST_F(Tasks, FaultsOfTheNewTaskReportItsAddress) {
  enterProtected(0);
  setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0));
  prepareTask(kTss2);
  poke<u16>(kTss2 + 0x54, kCode0 + 0x300);  // DS
  EXPECT_FAULT(jumpFar(kTss2Sel, 0), kExcTS, 0x308);
  EXPECT_EQ(arch().rip, 0x5555u);
  EXPECT_EQ(arch().tr.selector, kTss2Sel);
  enterProtected(0);
  setGdt(kTss2Sel, descriptor(kTss2, 0x67, 0x89, 0));
  prepareTask(kTss2);
  poke<u16>(kTss2 + 0x64, 1);  // T
  const PendingEvent fault = jumpFar(kTss2Sel, 0);
  EXPECT_EQ(fault.vector, kExcDB);
  EXPECT_EQ(fault.payload, 1u << 15);
  EXPECT_EQ(arch().rip, 0x5555u);
}

TEST_F(Tasks, Tss16) {
  CpuState s = protectedState(0);
  s.gpr[kRbx] = 0x98765432;
  load(s);
  setGdt(kTssSel, descriptor(kTss, 0x3ff, 0x8b, 0));
  setGdt(kTss2Sel, descriptor(kTss2, 0x2b, 0x81, 0));
  poke<u16>(kTss2 + 0x0e, 0x5555);
  poke<u16>(kTss2 + 0x10, 2);
  for (unsigned i = 0; i < 8; ++i) poke<u16>(kTss2 + 0x12 + 2 * i, static_cast<u16>(0xa0 + i));
  poke<u16>(kTss2 + 0x22, kData0);
  poke<u16>(kTss2 + 0x24, kCode16);
  poke<u16>(kTss2 + 0x26, kData0);
  poke<u16>(kTss2 + 0x28, kData0);
  EXPECT_NO_FAULT(callFar(kTss2Sel, 0));
  EXPECT_EQ(arch().rip, 0x5555u);
  EXPECT_EQ(reg(kRbx) & 0xffff, 0xa3u);
  EXPECT_EQ(peek<u16>(kTss2), kTssSel);
  EXPECT_EQ(peek<u32>(kTss + 0x34), 0x98765432u);
}

// --- fast system calls

class FastCalls : public FarTransfer {
 protected:
  void setUp(CpuState s) {
    s.msr.star = (u64{0x43} << 48) | (u64{kCode64} << 32);
    s.msr.lstar = 0xffffffff81000000;
    s.msr.cstar = 0x1000;
    s.msr.sfmask = kFlagIf | kFlagDf | kFlagTf;
    s.msr.sysenterCs = kCode64;
    s.msr.sysenterEsp = 0xffff800000001000;
    s.msr.sysenterEip = 0xffffffff81002000;
    load(s);
  }
};

TEST_F(FastCalls, SyscallAndSysret64) {
  CpuState s = longState(3);
  s.rflags = 2 | kFlagIf | kFlagCf;
  setUp(s);
  EXPECT_NO_FAULT(run<Syscall>({0x0f, 0x05}));
  EXPECT_EQ(arch().rip, 0xffffffff81000000u);
  EXPECT_EQ(reg(kRcx), kCode + 2);
  EXPECT_EQ(reg(kR11), 2u | kFlagIf | kFlagCf);
  EXPECT_EQ(readFlags(*ctx_), 2u | kFlagCf);
  EXPECT_EQ(seg(kSegCs).selector, kCode64);
  EXPECT_EQ(seg(kSegSs).selector, kCode64 + 8);
  EXPECT_EQ(ctx_->cpl, 0);
  EXPECT_EQ(ctx_->codeMode, isa::CodeMode::Bits64);
  EXPECT_NO_FAULT(run<Sysret>({0x48, 0x0f, 0x07}));
  EXPECT_EQ(arch().rip, kCode + 2);
  EXPECT_EQ(seg(kSegCs).selector, 0x53);
  EXPECT_EQ(seg(kSegSs).selector, 0x4b);
  EXPECT_EQ(ctx_->cpl, 3);
  EXPECT_EQ(readFlags(*ctx_), 2u | kFlagIf | kFlagCf);
}

TEST_F(FastCalls, SysretToCompatibilityMode) {
  setUp(longState(0));
  reg(kRcx) = 0xffffffff00001234;
  reg(kR11) = 0x202;
  EXPECT_NO_FAULT(run<Sysret>({0x0f, 0x07}));
  EXPECT_EQ(arch().rip, 0x1234u);
  EXPECT_EQ(seg(kSegCs).selector, 0x43);
  EXPECT_EQ(ctx_->codeMode, isa::CodeMode::Bits32);
}

TEST_F(FastCalls, SysretThatSetsTfTrapsAtOnce) {
  setUp(longState(0));
  reg(kRcx) = 0x1234;
  reg(kR11) = 0x202 | kFlagTf;
  EXPECT_NO_FAULT(run<Sysret>({0x48, 0x0f, 0x07}));
  EXPECT_EQ(arch().pending.type, EventType::Exception);
  EXPECT_EQ(arch().pending.vector, kExcDB);
  EXPECT_EQ(arch().pending.payload, 1u << 14);
}

TEST_F(FastCalls, SysretNonCanonicalByVendor) {
  setUp(longState(0));
  reg(kRcx) = u64{1} << 47;
  reg(kR11) = 0x202;
  EXPECT_FAULT(run<Sysret>({0x48, 0x0f, 0x07}), kExcGP, 0);
  EXPECT_EQ(ctx_->cpl, 0);
  use("EPYC");
  setUp(longState(0));
  reg(kRcx) = u64{1} << 47;
  reg(kR11) = 0x202;
  EXPECT_NO_FAULT(run<Sysret>({0x48, 0x0f, 0x07}));
  EXPECT_EQ(ctx_->cpl, 3);  // AMD faults there, at the first fetch
}

TEST_F(FastCalls, ChecksByVendorAndMode) {
  CpuState s = longState(0);
  s.msr.efer &= ~u64{kEferSce};
  setUp(s);
  EXPECT_FAULT(run<Syscall>({0x0f, 0x05}), kExcUD, 0);
  setUp(longState(3));
  EXPECT_FAULT(run<Sysret>({0x48, 0x0f, 0x07}), kExcGP, 0);
  EXPECT_FAULT(run<Sysexit>({0x0f, 0x35}), kExcGP, 0);
  s = longState(3);
  s.segment[kSegCs] = flat(kCode3, 0xc09b | 0x60);
  setUp(s);
  EXPECT_FAULT(run<Syscall>({0x0f, 0x05}), kExcUD, 0);  // Intel: 64-bit mode only
  use("EPYC");
  setUp(s);
  EXPECT_NO_FAULT(run<Syscall>({0x0f, 0x05}));
  EXPECT_EQ(arch().rip, 0x1000u);  // CSTAR
  setUp(longState(3));
  EXPECT_FAULT(run<Sysenter>({0x0f, 0x34}), kExcUD, 0);  // AMD: not in long mode
}

TEST_F(FastCalls, SysenterAndSysexit) {
  setUp(longState(3));
  EXPECT_NO_FAULT(run<Sysenter>({0x0f, 0x34}));
  EXPECT_EQ(arch().rip, 0xffffffff81002000u);
  EXPECT_EQ(reg(kRsp), 0xffff800000001000u);
  EXPECT_EQ(seg(kSegCs).selector, kCode64);
  EXPECT_EQ(ctx_->cpl, 0);
  reg(kRcx) = 0x5000;
  reg(kRdx) = 0x6000;
  EXPECT_NO_FAULT(run<Sysexit>({0x48, 0x0f, 0x35}));
  EXPECT_EQ(arch().rip, 0x6000u);
  EXPECT_EQ(reg(kRsp), 0x5000u);
  EXPECT_EQ(seg(kSegCs).selector, (kCode64 + 32) | 3);
  EXPECT_EQ(seg(kSegSs).selector, (kCode64 + 40) | 3);
  setUp(longState(0));
  arch().msr.sysenterCs = 3;
  EXPECT_FAULT(run<Sysenter>({0x0f, 0x34}), kExcGP, 0);
}

}  // namespace
}  // namespace duet::tcg
