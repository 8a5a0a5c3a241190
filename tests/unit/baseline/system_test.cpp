// System instructions in compiled code, at every level that may find it: only CPL 3 has code of its own.
#include <gtest/gtest.h>

#include <cstring>

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

// back: serialize; dec rcx; jnz back; hlt
TEST(System, SerializeNeedsNoHandler) {
  BaselineRig m;
  m.put(kCode, {0x0f, 0x01, 0xe8, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4});
  CpuState s = atLevel(m, 0);
  s.rflags |= kFlagCf;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRcx], 0u);
  EXPECT_TRUE(m.state().rflags & kFlagCf) << "DEC leaves it, and so must this";
  EXPECT_EQ(number(m, "serialize  (NP 0F 01 /5 r0)"), 0u);
  EXPECT_LT(number(m, "times compiled code was entered"), 20u);
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

// SDM vol. 2 "STI": the instruction behind it runs before an interrupt is taken, wherever the budget ends.
TEST(System, StiHoldsInterruptsBackForOneInstruction) {
  BaselineRig m;
  constexpr u64 kIdt = 0x5000, kHandler = 0x2000, kBehindSti = kCode + 2;
  m.put(kCode, {0xfa, 0xfb, 0x48, 0xff, 0xc0, 0xeb, 0xf9});  // cli; sti; inc rax; jmp back
  m.put(kHandler, {0xf4});                                   // hlt
  m.putWord<u64>(kIdt + 16 * 0x40, kHandler | u64{8} << 16 | u64{0x8e00} << 32);
  m.putWord<u64>(0x6008, 0x00af9b000000ffff);
  CpuState s = atLevel(m, 0);
  s.idtr = {kIdt, 0xfff};
  s.gdtr = {0x6000, 15};
  m.load(s);
  EXPECT_EQ(m.run(4 * 100 + 2).reason, ExitReason::Budget);
  EXPECT_EQ(m.state().rip, kBehindSti);
  EXPECT_EQ(m.state().interruptShadow, InterruptShadow::Sti);
  EXPECT_TRUE(m.state().rflags & kFlagIf);
  m.interrupts.raise(0x40);
  EXPECT_EQ(m.run(10).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 101u);
  EXPECT_EQ(m.word<u64>(m.state().gpr[kRsp]), kBehindSti + 3) << "where the interrupt came";
}

// What follows STI is linked to it as to any other block.
TEST(System, CodeGoesOnBehindSti) {
  BaselineRig m;
  m.put(kCode, {0xfa, 0xfb, 0x48, 0xff, 0xc0, 0xeb, 0xf9});  // cli; sti; inc rax; jmp back
  m.load(atLevel(m, 0));
  EXPECT_EQ(m.run(4 * 10000).reason, ExitReason::Budget);
  EXPECT_EQ(m.state().gpr[kRax], 10000u);
  EXPECT_LT(number(m, "times compiled code was entered"), 100u);
  EXPECT_LT(number(m, "blocks interpreted"), 100u);
}

// Not a second time: interrupts were on before it.
TEST(System, StiHasNoShadowWhenInterruptsAreOn) {
  BaselineRig m;
  m.put(kCode, {0xfb, 0x48, 0xff, 0xc0, 0xeb, 0xfa});  // sti; inc rax; jmp back
  CpuState s = atLevel(m, 0);
  s.rflags |= kFlagIf;
  m.load(s);
  EXPECT_EQ(m.run(3 * 100 + 1).reason, ExitReason::Budget);
  EXPECT_EQ(m.state().interruptShadow, InterruptShadow::None);
}

// SDM vol. 2 "PUSHF": all but VM and RF, those of the arithmetic as the instruction before left them.
TEST(System, PushfShowsTheFlags) {
  BaselineRig m;
  // std; cmp eax, 1; pushf; cld; pushf; pop rdx; pop rbx; dec rcx; jnz back; hlt
  m.put(kCode, {0xfd, 0x83, 0xf8, 0x01, 0x9c, 0xfc, 0x9c, 0x5a, 0x5b, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
  CpuState s = atLevel(m, 0);
  s.rflags |= kFlagIopl | kFlagId | kFlagNt;
  s.gpr[kRax] = 0;
  s.gpr[kRcx] = 5;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  constexpr u64 kAsLoaded = 2 | kFlagIopl | kFlagId | kFlagNt;
  constexpr u64 kBelow = kFlagCf | kFlagPf | kFlagAf | kFlagSf;  // 0 - 1
  EXPECT_EQ(m.state().gpr[kRbx], kAsLoaded | kBelow | kFlagDf);
  EXPECT_EQ(m.state().gpr[kRdx], kAsLoaded | kBelow);
  EXPECT_EQ(m.state().gpr[kRsp], s.gpr[kRsp]);
}

// SDM vol. 2 "RDTSC", "RDTSCP", vol. 3 17.17: the host's counter and the guest's offset.
TEST(System, TscFollowsTheClock) {
  BaselineRig m;
  // rdtscp; mov esi, ecx; shl rdx, 32; lea rbx, [rdx + rax]; rdtsc; dec rdi; jnz back; hlt
  m.put(kCode, {0x0f, 0x01, 0xf9, 0x89, 0xce, 0x48, 0xc1, 0xe2, 0x20, 0x48, 0x8d,
                0x1c, 0x02, 0x0f, 0x31, 0x48, 0xff, 0xcf, 0x75, 0xec, 0xf4});
  CpuState s = atLevel(m, 0);
  s.msr.tscOffset = u64{5} << 40;
  s.msr.tscAux = 0x1234;
  s.gpr[kRdi] = 20;
  m.load(s);
  const u64 before = m.clock.tsc() + s.msr.tscOffset;
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  const u64 after = m.clock.tsc() + s.msr.tscOffset;
  const CpuState now = m.state();
  const u64 last = now.gpr[kRdx] << 32 | now.gpr[kRax];
  EXPECT_EQ(now.gpr[kRsi], 0x1234u);
  EXPECT_LT(before, now.gpr[kRbx]);
  EXPECT_LT(now.gpr[kRbx], last);
  EXPECT_LT(last, after);
}

// A clock that stands still: so does the counter.
TEST(System, TscStandsStillWithTheClock) {
  BaselineRig m;
  m.put(kCode, {0x0f, 0x31, 0x48, 0xff, 0xcf, 0x75, 0xf9, 0xf4});  // rdtsc; dec rdi; jnz back; hlt
  CpuState s = atLevel(m, 0);
  s.gpr[kRdi] = 20;
  m.load(s);
  m.clock.stop();
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRdx] << 32 | m.state().gpr[kRax], m.clock.tsc());
}

// CR4.TSD (SDM vol. 3 2.5): level 0 alone, where code was compiled for level 0 or for level 3 without it.
TEST(System, TscMayBeForLevel0Alone) {
  for (const unsigned level : {0u, 1u, 3u}) {
    BaselineRig m;
    m.put(kCode, {0x0f, 0x31, 0x48, 0xff, 0xcf, 0x75, 0xf9, 0xcc});  // rdtsc; dec rdi; jnz back; int3
    for (const bool disabled : {false, true}) {
      CpuState s = atLevel(m, level);
      s.gpr[kRdi] = 20;
      if (disabled) s.cr4 |= kCr4Tsd;
      m.load(s);
      EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
      EXPECT_EQ(m.state().gpr[kRdi], disabled && level ? 20u : 0u) << level;
    }
  }
}

// The model's answers, also once compiled code knows them by heart and what they depend on changes.
TEST(System, CpuidAnswersAsTheModel) {
  BaselineRig m;
  m.put(kCode, {0x0f, 0xa2, 0xf4});  // cpuid; hlt
  const auto ask = [&](u32 leaf, u32 subleaf, u64 xcr0, u64 cr4) {
    CpuState s = atLevel(m, 0);
    s.gpr[kRax] = leaf | u64{7} << 32;
    s.gpr[kRcx] = subleaf | u64{7} << 32;
    s.gpr[kRbx] = s.gpr[kRdx] = ~u64{0};
    s.xcr0 = xcr0;
    s.cr4 |= cr4;
    s.rflags |= kFlagCf;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    const CpuState now = m.state();
    const CpuidResult want = m.model->cpuid(leaf, subleaf, 0, now);
    EXPECT_EQ(now.gpr[kRax], want.eax) << leaf;
    EXPECT_EQ(now.gpr[kRbx], want.ebx) << leaf;
    EXPECT_EQ(now.gpr[kRcx], want.ecx) << leaf;
    EXPECT_EQ(now.gpr[kRdx], want.edx) << leaf;
    EXPECT_TRUE(now.rflags & kFlagCf);
  };
  constexpr u64 kSse = kXcr0X87 | kXcr0Sse;
  for (const u64 cr4 : {u64{kCr4Osxsave}, u64{kCr4Osxsave | kCr4Tsd}, u64{0}}) {
    for (const u64 xcr0 : {kSse, kSse | kXcr0Avx, kSse}) {
      for (int times = 0; times < 3; ++times) {
        for (const u32 leaf : {0u, 1u, 4u, 5u, 7u, 0xdu, 0x80000000u, 0x80000001u, 0x80000005u})
          for (const u32 subleaf : {0u, 1u, 2u}) ask(leaf, subleaf, xcr0, cr4);
        ask(0xd, 0, xcr0, cr4);
      }
    }
  }
}

// SDM vol. 2 "RDPKRU": at every level, while CR4.PKE is set and ECX is 0; the upper halves of RAX and RDX become 0.
TEST(System, RdpkruAsksForPkeAndEcx) {
  constexpr u32 kPkru = 0x80001234, kXsaveHeader = 512;
  for (const bool on : {true, false}) {
    for (const u64 rcx : {u64{0}, u64{7} << 32, u64{1}, u64{2}}) {
      BaselineRig m;
      m.put(kCode, {0x0f, 0x01, 0xee, 0x48, 0xff, 0xc3, 0xf4});  // rdpkru; inc rbx; hlt
      CpuState s = atLevel(m, 0);
      s.cr4 |= kCr4Pke;
      std::memcpy(&s.xsave[kXsavePkruOffset], &kPkru, sizeof kPkru);
      s.xsave[kXsaveHeader + 1] |= kXcr0Pkru >> 8;
      m.load(s);
      EXPECT_EQ(m.run().reason, ExitReason::Halt);
      if (!on) s.cr4 &= ~u64{kCr4Pke};
      s.gpr[kRax] = s.gpr[kRdx] = ~u64{0};
      s.gpr[kRcx] = rcx;
      s.rflags |= kFlagCf;
      m.load(s);
      const bool good = on && static_cast<u32>(rcx) == 0;
      EXPECT_EQ(m.run().reason, good ? ExitReason::Halt : ExitReason::Shutdown);
      EXPECT_EQ(m.state().gpr[kRax], good ? kPkru : ~u64{0}) << on << rcx;
      EXPECT_EQ(m.state().gpr[kRdx], good ? 0u : ~u64{0});
      EXPECT_EQ(m.state().gpr[kRbx], good ? 1u : 0u);
      EXPECT_TRUE(m.state().rflags & kFlagCf);
      EXPECT_EQ(number(m, "rdpkru  (NP 0F 01 /5 r6)", 2), good ? 0u : 1u);
    }
  }
}

// SDM vol. 2 "RDFSBASE", "RDGSBASE": 64 bits or 32 of them, to a register that is the host's or one in memory.
TEST(System, BasesAreReadWhileCr4AllowsIt) {
  constexpr u64 kFsBase = 0xffffffff87654321;
  for (const bool on : {true, false}) {
    BaselineRig m;
    // rdfsbase rax; rdgsbase edx; rdfsbase r14d; rdgsbase r15; dec rcx; jnz back; hlt
    m.put(kCode, {0xf3, 0x48, 0x0f, 0xae, 0xc0, 0xf3, 0x0f, 0xae, 0xca, 0xf3, 0x41, 0x0f, 0xae,
                  0xc6, 0xf3, 0x49, 0x0f, 0xae, 0xcf, 0x48, 0xff, 0xc9, 0x75, 0xe8, 0xf4});
    CpuState s = atLevel(m, 0);
    s.segment[kSegFs].base = kFsBase;
    s.cr4 |= kCr4Fsgsbase;
    s.gpr[kRdx] = s.gpr[14] = ~u64{0};
    s.gpr[kRcx] = 20;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], kFsBase);
    EXPECT_EQ(m.state().gpr[kRdx], kGsBase & 0xffffffff);
    EXPECT_EQ(m.state().gpr[14], kFsBase & 0xffffffff);
    EXPECT_EQ(m.state().gpr[15], kGsBase);
    EXPECT_EQ(number(m, "rdfsbase =Ry (F3 0F AE /0 r)", 2), 0u);
    if (!on) s.cr4 &= ~u64{kCr4Fsgsbase};
    m.load(s);
    EXPECT_EQ(m.run().reason, on ? ExitReason::Halt : ExitReason::Shutdown);
    EXPECT_EQ(m.state().gpr[kRax], on ? kFsBase : 0);
  }
}

// SDM vol. 2 "MOV—Move to/from Control Registers": level 0 alone, whatever the level that the code was compiled at.
TEST(System, ControlRegistersAreReadAtLevel0) {
  for (const unsigned level : {0u, 1u, 2u}) {
    BaselineRig m;
    // mov rax,cr0; mov rdx,cr2; mov r14,cr3; mov rsi,cr4; mov rdi,cr8; hlt
    m.put(kCode, {0x0f, 0x20, 0xc0, 0x0f, 0x20, 0xd2, 0x41, 0x0f, 0x20, 0xde, 0x0f, 0x20, 0xe6, 0x44, 0x0f,
                  0x20, 0xc7, 0xf4});
    CpuState s = atLevel(m, 0);
    s.cr2 = 0xffff888812345678;
    m.load(s);
    m.interrupts.setTaskPriority(9);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], s.cr0);
    EXPECT_EQ(m.state().gpr[kRdx], s.cr2);
    EXPECT_EQ(m.state().gpr[14], s.cr3);
    EXPECT_EQ(m.state().gpr[kRsi], s.cr4);
    EXPECT_EQ(m.state().gpr[kRdi], 9u);
    EXPECT_EQ(number(m, "mov =Rn,Cy (0F 20 /r)"), 1u) << "CR8 by the handler";
    EXPECT_EQ(number(m, "mov =Rn,Cy (0F 20 /r)", 2), 0u);
    s = atLevel(m, level);
    m.load(s);
    EXPECT_EQ(m.run().reason, level ? ExitReason::Shutdown : ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], level ? 0 : s.cr0);
  }
}

}  // namespace
}  // namespace duet::test
