// STAC and CLAC in compiled code: rights that change within it (SDM vol. 3 4.6.1, vol. 2 "STAC", "CLAC").
#include <gtest/gtest.h>

#include "tests/unit/baseline/several.h"

namespace duet::test {
namespace {

constexpr u64 kUserWord = 0x77;
const char* const kStac = "stac  (NP 0F 01 /1 r3)";
const char* const kClac = "clac  (NP 0F 01 /1 r2)";

// Code, stack and tables belong to the supervisor, the data at RBX to the user.
CpuState guarded(BaselineRig& m) {
  CpuState s = m.longMode();
  for (u64 i = 0; i < 0x100; ++i) m.putWord<u64>(0x13000 + 8 * i, i << 12 | 3);
  m.putWord<u64>(kData, kUserWord);
  s.cr4 |= kCr4Smap;
  s.gpr[kRbx] = kData;
  return s;
}

u64 handled(const BaselineRig& m, const char* row) { return number(m, row, 1) + number(m, row, 2); }

// back: stac; add rax,[rbx]; clac; dec rcx; jnz back; hlt
void putLoop(BaselineRig& m) {
  m.put(kCode, {0x0f, 0x01, 0xcb, 0x48, 0x03, 0x03, 0x0f, 0x01, 0xca, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
}

TEST(Smap, TurnsInCompiledCode) {
  BaselineRig m;
  putLoop(m);
  CpuState s = guarded(m);
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000 * kUserWord);
  EXPECT_FALSE(m.state().rflags & kFlagAc);
  EXPECT_LE(handled(m, kStac), 1u) << "until there is code of the other mode";
  EXPECT_LE(handled(m, kClac), 1u);
  EXPECT_LT(number(m, "times compiled code was entered"), 20u);
}

TEST(Smap, KeepsTheFlags) {
  BaselineRig m;
  // back: cmp rdx,rcx; stac; clac; stac; setc al; lahf; dec rcx; jnz back; hlt
  m.put(kCode, {0x48, 0x39, 0xca, 0x0f, 0x01, 0xcb, 0x0f, 0x01, 0xca, 0x0f, 0x01,
                0xcb, 0x0f, 0x92, 0xc0, 0x9f, 0x48, 0xff, 0xc9, 0x75, 0xeb, 0xf4});
  CpuState s = guarded(m);
  s.gpr[kRcx] = 100;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 0x9701u) << "0 - 1: SF, AF, PF and CF";
  EXPECT_TRUE(m.state().rflags & kFlagAc);
}

// Each of them twice in a row, and what was there before.
TEST(Smap, SaysWhatItWasAskedFor) {
  for (const bool before : {false, true}) {
    for (const u8 first : {u8{0xcb}, u8{0xca}}) {
      for (const u8 second : {u8{0xcb}, u8{0xca}}) {
        BaselineRig m;
        m.put(kCode, {0x0f, 0x01, first, 0x0f, 0x01, second, 0xf4});
        for (int times = 0; times < 3; ++times) {
          CpuState s = guarded(m);
          if (before) s.rflags |= kFlagAc;
          m.load(s);
          EXPECT_EQ(m.run().reason, ExitReason::Halt);
          EXPECT_EQ((m.state().rflags & kFlagAc) != 0, second == 0xcb) << before << int{first};
        }
      }
    }
  }
}

// The same code with and without CR4.SMAP, where AC says nothing of the bank.
TEST(Smap, AsksWhetherItIsOn) {
  BaselineRig m;
  m.put(kCode, {0x0f, 0x01, 0xcb, 0x48, 0x8b, 0x03, 0xf4});          // stac; mov rax,[rbx]; hlt
  m.put(kCode + 0x100, {0x0f, 0x01, 0xca, 0x48, 0x8b, 0x03, 0xf4});  // clac; mov rax,[rbx]; hlt
  for (int times = 0; times < 4; ++times) {
    for (const bool smap : {true, false}) {
      for (const bool set : {true, false}) {
        CpuState s = guarded(m);
        if (!smap) s.cr4 &= ~u64{kCr4Smap};
        if (!set) s.rflags |= kFlagAc;
        s.rip = set ? kCode : kCode + 0x100;
        m.load(s);
        const bool allowed = set || !smap;
        EXPECT_EQ(m.run().reason, allowed ? ExitReason::Halt : ExitReason::Shutdown) << smap << set;
        EXPECT_EQ((m.state().rflags & kFlagAc) != 0, set) << smap;
        EXPECT_EQ(m.state().gpr[kRax], allowed ? kUserWord : 0u);
      }
    }
  }
}

// CPL is 0 or 1 or 2, the code the same: #UD at the latter two, with SMAP or without.
TEST(Smap, IsForLevel0Alone) {
  for (const u32 level : {1u, 2u, 5u, 6u}) {
    const bool smap = level < 4;
    for (const u8 which : {u8{0xcb}, u8{0xca}}) {
      BaselineRig m;
      m.put(kCode, {0x0f, 0x01, which, 0x48, 0xff, 0xc0, 0xf4});  // stac or clac; inc rax; hlt
      CpuState s = guarded(m);
      if (which == 0xca) s.rflags |= kFlagAc;
      m.load(s);
      EXPECT_EQ(m.run().reason, ExitReason::Halt);
      if (!smap) s.cr4 &= ~u64{kCr4Smap};
      s.segment[kSegCs].attributes |= (level & 3) << 5;
      s.segment[kSegSs].attributes |= (level & 3) << 5;
      m.load(s);
      EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
      EXPECT_EQ(m.state().gpr[kRax], 0u);
      EXPECT_EQ((m.state().rflags & kFlagAc) != 0, which == 0xca);
    }
  }
}

// Behind the page's end, where the way on goes by the name of the next page.
TEST(Smap, GoesOnBehindThePage) {
  constexpr u64 kLast = 0x1ffd;
  BaselineRig m;
  m.put(kLast, {0x0f, 0x01, 0xcb});  // stac
  // add rax,[rbx]; clac; dec rcx; jnz kLast; hlt
  m.put(kLast + 3, {0x48, 0x03, 0x03, 0x0f, 0x01, 0xca, 0x48, 0xff, 0xc9, 0x75, 0xf2, 0xf4});
  CpuState s = guarded(m);
  s.rip = kLast;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000 * kUserWord);
  EXPECT_LT(number(m, "times compiled code was entered"), 20u);
}

// Each mode has its own jump cache: a function that both call, and that reads what one of them may.
TEST(Smap, ChangesTheJumpCacheToo) {
  constexpr u64 kFunction = 0x3000;
  BaselineRig m;
  // back: stac; call rdi; clac; call rsi; dec rcx; jnz back; hlt
  m.put(kCode,
        {0x0f, 0x01, 0xcb, 0xff, 0xd7, 0x0f, 0x01, 0xca, 0xff, 0xd6, 0x48, 0xff, 0xc9, 0x75, 0xf1, 0xf4});
  m.put(kFunction, {0x48, 0x03, 0x03, 0x48, 0xff, 0xc2, 0xc3});  // add rax,[rbx]; inc rdx; ret
  CpuState s = guarded(m);
  s.gpr[kRdi] = kFunction;
  s.gpr[kRsi] = kFunction + 3;
  s.gpr[kRcx] = 1000;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 1000 * kUserWord);
  EXPECT_EQ(m.state().gpr[kRdx], 2000u);
  EXPECT_LT(number(m, "call Ev (FF /2)", 2), 20u);
  EXPECT_LT(number(m, "times compiled code was entered"), 30u);

  s.gpr[kRsi] = kFunction;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Shutdown)
      << "the function without the right, whose code is known with it";
  EXPECT_EQ(m.state().gpr[kRax], kUserWord);
  EXPECT_EQ(m.state().gpr[kRdx], 1u);
}

// What C++ does for compiled code has the rights of the moment, too: LAR has no code on any host.
TEST(Smap, TurnsForHandlersToo) {
  BaselineRig m;
  m.put(kCode, {0x48, 0x0f, 0x02, 0x03, 0x0f, 0x01, 0xca, 0x48, 0x0f, 0x02, 0x13,
                0xf4});  // lar rax,[rbx]; clac; lar rdx,[rbx]; hlt
  for (int times = 0; times < 3; ++times) {
    CpuState s = guarded(m);
    s.rflags |= kFlagAc | kFlagZf;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Shutdown);
    EXPECT_FALSE(m.state().rflags & kFlagZf) << "there is no such descriptor";
    EXPECT_EQ(m.state().cr2, kData);
  }
  EXPECT_EQ(number(m, "lar +Gv,Ew (0F 02 /r)"), 6u);
}

// The block behind STAC is one of its own unit, but in the other mode it is another's.
TEST(Smap, LeavesTheUnitOfItsMode) {
  constexpr u64 kBegin = kCode + 3;
  BaselineRig m({.threshold = 3});
  // kCode: stac; kBegin: mov rax,[rbx]; mov rbx,rdi; dec rcx; jz +2; jmp kCode; hlt
  m.put(kCode, {0x0f, 0x01, 0xcb, 0x48, 0x8b, 0x03, 0x48, 0x89, 0xfb, 0x48, 0xff, 0xc9, 0x74, 0x02, 0xeb,
                0xf0, 0xf4});
  CpuState s = guarded(m);
  s.rip = kBegin;
  s.gpr[kRbx] = kTables;  // the supervisor's, before the first STAC
  s.gpr[kRdi] = kData;
  for (const u64 rounds : {2, 2, 2, 1000}) {
    s.gpr[kRcx] = rounds;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], kUserWord);
  }
  EXPECT_LT(number(m, "mov =Gv,Ev (8B /r)", 2), 20u);
}

TEST(Smap, RunsAsManyInstructionsAsItMay) {
  for (u64 budget = 1; budget < 40; ++budget) {
    BaselineRig m;
    putLoop(m);
    CpuState s = guarded(m);
    s.gpr[kRcx] = 20;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);  // all of it is compiled
    m.load(s);
    const VcpuExit exit = m.run(budget);
    EXPECT_EQ(exit.instructions, budget);
    const u64 rounds = budget / 5, rest = budget % 5;
    EXPECT_EQ(m.state().gpr[kRax], (rounds + (rest >= 2)) * kUserWord) << budget;
    EXPECT_EQ((m.state().rflags & kFlagAc) != 0, rest == 1 || rest == 2) << budget;
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], 20 * kUserWord);
  }
}

// What one vCPU has linked the other finds, and has no jump cache of the other mode yet.
TEST(Smap, IsSharedByVcpus) {
  constexpr u64 kFunction = 0x3000;
  Several<BaselineRig> m(2);
  // back: stac; call rdi; clac; dec rcx; jnz back; hlt
  m.put(kCode, {0x0f, 0x01, 0xcb, 0xff, 0xd7, 0x0f, 0x01, 0xca, 0x48, 0xff, 0xc9, 0x75, 0xf3, 0xf4});
  m.put(kFunction, {0x48, 0x03, 0x03, 0xc3});  // add rax,[rbx]; ret
  CpuState first = guarded(m);
  first.gpr[kRdi] = kFunction;
  CpuState second = first;
  second.gpr[kRsp] -= 0x1000;
  first.gpr[kRcx] = 3000;
  second.gpr[kRcx] = 5000;
  m.load(first);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  m.runAll({first, second});
  EXPECT_EQ(m.stateOf(0).gpr[kRax], 3000 * kUserWord);
  EXPECT_EQ(m.stateOf(1).gpr[kRax], 5000 * kUserWord);
}

}  // namespace
}  // namespace duet::test
