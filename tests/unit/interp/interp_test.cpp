// What the interpreter does between and around instructions: fetching, debug events, faults in mid-access,
// cached code. Programs run on a whole engine; expected results are the manual's.
#include <gtest/gtest.h>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "cpu-tcg/region/regions.h"
#include "tests/contract/engine/engine_rig.h"

namespace duet::test {
namespace {

constexpr u64 kCode = 0x1000, kHandler = 0x2000, kIdt = 0x6000, kTables = 0x10000;

tcg::TierFactory tier(std::string_view name) {
  using namespace tcg::region;
  if (name == "baseline") return tcg::baseline::tierFactory({.threshold = 1});
  if (name == "llvm")
    return tcg::baseline::tierFactory({.threshold = 1, .hot = regionFactory(everything(4))});
  return {};
}

class InterpMachine : public ::testing::Test {
 protected:
  explicit InterpMachine(std::string_view tierName)
      : m([=](mmu::Ram& ram) { return std::make_unique<tcg::TcgBackend>(ram, tier(tierName)); }) {}

  // 64-bit mode at CPL 0: the first 2 MiB mapped one to one by 4 KiB pages; every exception stops at HLT at
  // kHandler + 16 * vector.
  CpuState longMode() {
    m.putWord<u64>(kTables, 0x11007);
    m.putWord<u64>(0x11000, 0x12007);
    m.putWord<u64>(0x12000, 0x13007);
    for (u64 i = 0; i < 512; ++i) m.putWord<u64>(0x13000 + 8 * i, i << 12 | 7);
    m.putWord<u64>(0x3000, 0);
    m.putWord<u64>(0x3008, 0x00af9a000000ffff);
    for (u64 v = 0; v < 32; ++v) {
      m.putWord<u64>(kIdt + 16 * v, (kHandler + 16 * v) | 0x8u << 16 | u64{0x8e00} << 32);
      m.putWord<u64>(kIdt + 16 * v + 8, 0);
      m.put(kHandler + 16 * v, {0xf4});
    }
    CpuState s = m.realMode(kCode);
    s.cr0 = kCr0Pe | kCr0Pg | kCr0Et | kCr0Ne | kCr0Wp;
    s.cr3 = kTables;
    s.cr4 = kCr4Pae | kCr4De;
    s.msr.efer = kEferLme | kEferLma;
    s.segment[kSegCs] = {8, 0, 0xffffffff, 0xa09b};
    for (const SegmentIndex seg : {kSegEs, kSegSs, kSegDs}) s.segment[seg] = {0, 0, 0xffffffff, 0xc093};
    s.gdtr = {0x3000, 0xf};
    s.idtr = {kIdt, 0x1ff};
    s.gpr[kRsp] = 0x8000;
    return s;
  }
  void unmap(u64 address) { m.putWord<u64>(0x13000 + 8 * (address >> 12), 0); }
  // Runs to the HLT of a handler (or of the program) and tells which vector it was, or -1.
  int runToHandler() {
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    const u64 rip = m.state().rip;
    return rip > kHandler && rip < kHandler + 0x200 ? static_cast<int>((rip - 1 - kHandler) / 16) : -1;
  }
  // Words of the exception frame, counted from its top: SS 0, RSP 1, RFLAGS 2, CS 3, RIP 4, error code 5.
  u64 frame(unsigned n) { return m.word<u64>(0x8000 - 8 * (n + 1)); }

  EngineRig m;
};

constexpr std::string_view kTiers[] = {"interp", "baseline", "llvm"};

class InterpTest : public InterpMachine, public testing::WithParamInterface<std::string_view> {
 protected:
  InterpTest() : InterpMachine(GetParam()) {}
};

TEST_P(InterpTest, SingleStepTrapsAfterTheInstruction) {
  m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc0, 0xf4});  // inc rax twice
  CpuState s = longMode();
  s.rflags |= kFlagTf;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcDB);
  EXPECT_EQ(m.state().gpr[kRax], 1u);
  EXPECT_EQ(frame(4), kCode + 3);
  EXPECT_EQ(m.state().dr6 & 0x400f, 0x4000u);  // BS
  EXPECT_FALSE(m.state().rflags & kFlagTf);
}

TEST_P(InterpTest, PopfThatSetsTfTrapsOneInstructionLater) {
  m.put(kCode, {0x68, 0x02, 0x01, 0, 0, 0x9d, 0x90, 0x90, 0xf4});  // push 102h; popf; nop; nop
  m.load(longMode());
  EXPECT_EQ(runToHandler(), kExcDB);
  EXPECT_EQ(frame(4), kCode + 7);
}

TEST_P(InterpTest, MovSsHoldsTheTrapBack) {
  m.put(kCode, {0x8e, 0xd0, 0x90, 0x90, 0xf4});  // mov ss,eax; nop; nop
  CpuState s = longMode();
  s.rflags |= kFlagTf;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcDB);
  EXPECT_EQ(frame(4), kCode + 3);
}

TEST_P(InterpTest, InstructionBreakpointIsAFaultAndRfSkipsIt) {
  m.put(kCode, {0x90, 0x48, 0xff, 0xc0, 0xf4});
  CpuState s = longMode();
  s.dr[1] = kCode + 1;
  s.dr7 = 0x400 | 0x4;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcDB);
  EXPECT_EQ(m.state().gpr[kRax], 0u);
  EXPECT_EQ(frame(4), kCode + 1);
  EXPECT_EQ(m.state().dr6 & 0x400f, 2u);
  s.rip = kCode + 1;
  s.rflags |= kFlagRf;
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  EXPECT_EQ(m.state().gpr[kRax], 1u);
  EXPECT_FALSE(m.state().rflags & kFlagRf);
}

TEST_P(InterpTest, DataBreakpointTrapsAfterTheAccess) {
  m.put(kCode, {0x89, 0x04, 0x25, 0x04, 0x70, 0, 0, 0x90, 0xf4});  // mov [7004h],eax
  CpuState s = longMode();
  s.dr[0] = 0x7006;
  s.dr7 = 0x400 | 1 | 1u << 16;  // a byte, writes
  s.gpr[kRax] = 0x11223344;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcDB);
  EXPECT_EQ(frame(4), kCode + 7);
  EXPECT_EQ(m.word<u32>(0x7004), 0x11223344u);
  EXPECT_EQ(m.state().dr6 & 0x400f, 1u);
}

TEST_P(InterpTest, FetchAcrossAPageWhoseSecondHalfFaults) {
  m.put(0x1ffd, {0x48, 0xb8, 1});  // mov rax,imm64 runs into page 2000h
  CpuState s = longMode();
  s.rip = 0x1ffd;
  for (u64 v = 0; v < 32; ++v) {  // the handlers move out of the way
    m.put(0x4000 + 16 * v, {0xf4});
    m.putWord<u16>(kIdt + 16 * v, static_cast<u16>(0x4000 + 16 * v));
  }
  unmap(0x2000);
  m.load(s);
  m.run();
  EXPECT_EQ(m.state().rip, 0x4000u + 16 * kExcPF + 1);
  EXPECT_EQ(m.state().cr2, 0x2000u);
  EXPECT_EQ(frame(4), 0x1ffdu);
  EXPECT_EQ(frame(5), 0u);  // neither present nor, without NX and SMEP, marked as a fetch
}

TEST_P(InterpTest, InstructionOverTwoPagesSeesChangesInBoth) {
  m.put(0x4ffe, {0xb8, 1, 0, 0, 0, 0xf4});  // mov eax,1
  CpuState s = longMode();
  s.rip = 0x4ffe;
  m.load(s);
  m.run();
  EXPECT_EQ(m.state().gpr[kRax], 1u);
  m.put(0x5000, {1});  // eax = 101h
  m.load(s);
  m.run();
  EXPECT_EQ(m.state().gpr[kRax], 0x101u);
  m.put(0x4ffe, {0xb9});  // mov ecx
  m.load(s);
  m.run();
  EXPECT_EQ(m.state().gpr[kRcx], 0x101u);
}

TEST_P(InterpTest, InstructionsOverFifteenBytesAreRefused) {
  m.put(kCode,
        {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90, 0xf4});
  m.load(longMode());
  EXPECT_EQ(runToHandler(), -1);  // 15 bytes are fine
  m.put(kCode,
        {0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90});
  m.load(longMode());
  EXPECT_EQ(runToHandler(), kExcGP);
  EXPECT_EQ(frame(4), kCode);
}

TEST_P(InterpTest, StoreOverTwoPagesWritesNothingWhenTheSecondFaults) {
  m.put(kCode, {0x48, 0x89, 0x04, 0x25, 0xfc, 0x7f, 0, 0});  // mov [7ffch],rax
  CpuState s = longMode();
  s.gpr[kRsp] = 0x7800;
  s.gpr[kRax] = ~u64{0};
  unmap(0x8000);
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcPF);
  EXPECT_EQ(m.state().cr2, 0x8000u);
  EXPECT_EQ(m.word<u32>(0x7ffc), 0u);
}

TEST_P(InterpTest, AccessesOverTwoPages) {
  // mov [9ffdh],rax; mov rcx,[9ffdh]; lock add [9ffdh],rax
  m.put(kCode, {0x48, 0x89, 0x04, 0x25, 0xfd, 0x9f, 0,    0,    0x48, 0x8b, 0x0c, 0x25, 0xfd,
                0x9f, 0,    0,    0xf0, 0x48, 0x01, 0x04, 0x25, 0xfd, 0x9f, 0,    0,    0xf4});
  CpuState s = longMode();
  s.gpr[kRax] = 0x1122334455667788;
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  EXPECT_EQ(m.state().gpr[kRcx], 0x1122334455667788u);
  EXPECT_EQ(m.word<u64>(0x9ffd), 0x22446688aaccef10u);
}

TEST_P(InterpTest, NonCanonicalAddresses) {
  m.put(kCode, {0x48, 0x8b, 0x03, 0xf4});  // mov rax,[rbx]
  CpuState s = longMode();
  s.gpr[kRbx] = 0x0000800000000000;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcGP);
  m.put(kCode, {0x48, 0x8b, 0x45, 0x00, 0xf4});  // mov rax,[rbp]
  s.gpr[kRbp] = 0x00007ffffffffffc;              // the last bytes are over the edge
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcSS);
}

TEST_P(InterpTest, AlignmentCheckAtCpl3Only) {
  m.put(kCode, {0x8b, 0x04, 0x25, 0x01, 0x70, 0, 0, 0xf4});  // mov eax,[7001h]
  CpuState s = longMode();
  s.cr0 |= kCr0Am;
  s.rflags |= kFlagAc;
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  s.segment[kSegCs].attributes |= 3u << 5;
  s.segment[kSegCs].selector = 11;
  s.segment[kSegSs].attributes |= 3u << 5;
  s.tr = {0x20, 0x5000, 0x67, 0x8b};
  m.putWord<u64>(0x5004, 0x8000);  // RSP0
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcAC);
  EXPECT_EQ(frame(4), kCode);
}

TEST_P(InterpTest, CodeSegmentLimit) {
  m.put(kCode, {0x40, 0x40, 0x40, 0x40, 0xf4});  // inc ax four times
  m.put(0x800, {0xf4});                          // the limit holds for the handler too
  m.vector(13, 0x800);
  CpuState s = m.realMode(kCode);
  s.segment[kSegCs].limit = kCode + 1;
  m.load(s);
  m.run();
  EXPECT_EQ(m.state().gpr[kRax], 2u);
  EXPECT_EQ(m.word<u16>(0x8000 - 6), kCode + 2);
}

TEST_P(InterpTest, DataSegmentLimitsAndExpandDown) {
  m.put(kCode, {0x67, 0x8a, 0x06, 0x67, 0x8a, 0x07, 0xf4});  // mov al,[esi]; mov al,[edi]
  CpuState s = m.realMode(kCode);
  s.cr0 |= kCr0Pe;
  s.segment[kSegDs] = {0x10, 0, 0x6fff, 0x97};  // expand-down data: offsets 7000h..ffffh
  s.idtr.limit = 0;
  s.gpr[kRsi] = 0x7000;
  s.gpr[kRdi] = 0x6fff;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
  EXPECT_EQ(m.state().rip, kCode + 3);
  s.gpr[kRdi] = 0xffff;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  s.gpr[kRdi] = 0x10000;  // D/B is 0: 64 KiB is the top
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
}

TEST_P(InterpTest, CodeSeenThroughAnotherMappingIsTheSameCode) {
  longMode();
  m.putWord<u64>(0x13000 + 8 * 0x40, kCode | 7);  // 40000h is a second name of the page of code
  // mov byte [40008h],0c1h (inc eax becomes inc ecx); inc eax; hlt
  m.put(kCode, {0xc6, 0x04, 0x25, 0x09, 0x00, 0x04, 0x00, 0xc1, 0xff, 0xc0, 0xf4});
  CpuState s = longMode();
  m.putWord<u64>(0x13000 + 8 * 0x40, kCode | 7);
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  EXPECT_EQ(m.state().gpr[kRax], 0u);
  EXPECT_EQ(m.state().gpr[kRcx], 1u);
}

// SDM vol. 3 11.6: a processor runs what it has stored into its own code, from the next instruction on. Here another
// agent stores into code elsewhere in the page while the block is on its way to that store; with `decodedAgain`
// somebody has already made new code of the page.
class OwnCode : public InterpMachine, public testing::WithParamInterface<std::tuple<std::string_view, bool>> {
 protected:
  OwnCode() : InterpMachine(std::get<0>(GetParam())) {}
};

TEST_P(OwnCode, StoreIsSeenThoughAnotherEndedThePagesVersion) {
  constexpr u64 kElsewhere = kCode + 0x100;
  m.put(kElsewhere, {0xf4});
  CpuState s = longMode();
  s.rip = kElsewhere;
  m.load(s);
  ASSERT_EQ(m.run().reason, ExitReason::Halt);  // it is decoded now

  m.put(kCode, {0x44, 0x0f, 0x20, 0xc0,        // mov rax,cr8
                0x89, 0x3d, 1, 0, 0, 0,        // mov [the immediate],edi
                0xb8, 0x11, 0x11, 0x11, 0x11,  // mov eax,11111111h
                0xf4});
  const u64 page = m.ram.pageIndex(m.memory.hostPointer(Gpa(kCode), 1, false));
  unsigned calls = 0;
  m.interrupts.meanwhile = [&] {
    ++calls;
    const u32 version = m.ram.codeVersion(page);
    m.put(kElsewhere, {0x90});
    EXPECT_NE(m.ram.codeVersion(page), version);
    if (std::get<1>(GetParam())) m.ram.beginDecode(page, kElsewhere - kCode, 1);
  };
  s.rip = kCode;
  s.gpr[kRdi] = 0x22222222;
  m.load(s);
  ASSERT_EQ(m.run().reason, ExitReason::Halt);
  m.interrupts.meanwhile = nullptr;
  EXPECT_EQ(calls, 1u);
  EXPECT_EQ(m.state().gpr[kRax], 0x22222222u);
}

INSTANTIATE_TEST_SUITE_P(Tiers, OwnCode, testing::Combine(testing::ValuesIn(kTiers), testing::Bool()));

TEST_P(InterpTest, EndlessNewCodeStaysWithinBounds) {
  // The program rewrites an immediate in its own loop: every turn is new code.
  //   again: mov [imm],ecx; mov eax,imm32; loop again; hlt
  m.put(kCode, {0x89, 0x0c, 0x25, 0x08, 0x10, 0, 0, 0xb8, 0, 0, 0, 0, 0xe2, 0xf2, 0xf4});
  CpuState s = longMode();
  s.gpr[kRcx] = 300000;
  m.load(s);
  EXPECT_EQ(m.run(10000000).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1u);
}

TEST_P(InterpTest, DoubleFaultAndItsErrorCode) {
  m.put(kCode, {0x0f, 0x0b});
  CpuState s = longMode();
  m.putWord<u64>(kIdt + 16 * kExcUD, 0);  // not a gate: #GP
  m.putWord<u64>(kIdt + 16 * kExcGP, 0);  // #GP again: #DF
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcDF);
  EXPECT_EQ(frame(5), 0u);
  EXPECT_EQ(frame(4), kCode);
}

TEST_P(InterpTest, VectorInstructionChecks) {
  m.put(kCode, {0x0f, 0x28, 0x04, 0x25, 0x08, 0x70, 0, 0, 0xf4});  // movaps xmm0,[7008h]
  CpuState s = longMode();
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcUD);  // CR4.OSFXSR is 0
  s.cr4 |= kCr4Osfxsr;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcGP);  // not aligned
  m.put(kCode, {0x0f, 0x28, 0x04, 0x25, 0x10, 0x70, 0, 0, 0xf4});
  s.cr0 |= kCr0Ts;
  m.load(s);
  EXPECT_EQ(runToHandler(), kExcNM);
  s.cr0 &= ~kCr0Ts;
  m.putWord<u64>(0x7010, 0x1111);
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  EXPECT_EQ(m.state().xsave[160], 0x11);
}

TEST_P(InterpTest, VectorOperandOverTwoPages) {
  m.put(kCode, {0x0f, 0x10, 0x04, 0x25, 0xf8, 0x9f, 0, 0,          // movups xmm0,[9ff8h]
                0x0f, 0x11, 0x04, 0x25, 0xfc, 0xaf, 0, 0, 0xf4});  // movups [affch],xmm0
  m.putWord<u64>(0x9ff8, 0x1122334455667788);
  m.putWord<u64>(0xa000, 0x99aabbccddeeff00);
  CpuState s = longMode();
  s.cr4 |= kCr4Osfxsr;
  m.load(s);
  EXPECT_EQ(runToHandler(), -1);
  EXPECT_EQ(m.word<u64>(0xaffc), 0x1122334455667788u);
  EXPECT_EQ(m.word<u64>(0xb004), 0x99aabbccddeeff00u);
}

// Level 3, AC, a stack that is misaligned in the linear address: delivering #AC to level 3 raises #AC, without end. Not in the
// contract, as there are processors without #AC (QEMU's).
TEST_P(InterpTest, AlignmentFaultsWithoutEndAreBounded) {
  constexpr u64 kGdt = 0x3000;
  m.putWord<u64>(kGdt + 8, 0x00cffa000000ffff);
  m.putWord<u64>(kGdt + 16, 0x00cff2000000ffff);
  m.putWord<u64>(kIdt + u64{kExcAC} * 8, 0x0000ee00000b0000 | kHandler);
  m.put(kCode, {0x50});  // push eax
  CpuState s = m.realMode(kCode);
  s.cr0 |= kCr0Am | kCr0Pe;
  s.rflags |= kFlagAc;
  s.gdtr = {kGdt, 0x17};
  s.idtr = {kIdt, 0x7ff};
  s.segment.fill({0x13, 0, 0xffffffff, 0xc0f3});
  s.segment[kSegCs] = {0x0b, 0, 0xffffffff, 0xc0fb};
  s.gpr[kRsp] = 0x8002;
  m.load(s);
  EXPECT_EQ(m.run(50).reason, ExitReason::Budget);
  EXPECT_EQ(m.state().gpr[kRsp], 0x8002u);  // no frame
  m.vcpu->requestExit();
  EXPECT_EQ(m.run(~u64{0}).reason, ExitReason::Cancelled);
}

// SDM vol. 3 6.7.1: one NMI is latched while another is on its way; looking at the state in between changes nothing.
TEST_P(InterpTest, TwoNmisAreTwo) {
  m.put(kCode, {0xeb, 0xfe});     // jmp $
  m.put(kHandler, {0x40, 0xcf});  // inc ax; iret
  m.vector(kExcNMI, kHandler);
  m.load(m.realMode(kCode));
  for (int i = 0; i < 3; ++i) m.mailbox.post(kMailNmi);
  EXPECT_TRUE(m.state().nmiPending);
  EXPECT_TRUE(m.state().nmiPending);
  m.run(20);
  EXPECT_EQ(m.state().gpr[kRax], 2u);
}

// While one is handled the others are one, however often the mail is looked at before IRET.
TEST_P(InterpTest, NmisDuringTheHandlerAreOne) {
  for (const unsigned slice : {1u, 20u}) {
    m.put(kCode, {0xeb, 0xfe});     // jmp $
    m.put(kHandler, {0x40, 0xcf});  // inc ax; iret
    m.vector(kExcNMI, kHandler);
    m.load(m.realMode(kCode));
    m.mailbox.post(kMailNmi);
    m.run(1);
    m.mailbox.post(kMailNmi);
    m.mailbox.post(kMailNmi);
    for (unsigned done = 0; done < 20; done += slice) m.run(slice);
    EXPECT_EQ(m.state().gpr[kRax], 2u) << "in slices of " << slice;
  }
}

INSTANTIATE_TEST_SUITE_P(Tiers, InterpTest, testing::ValuesIn(kTiers));

}  // namespace
}  // namespace duet::test
