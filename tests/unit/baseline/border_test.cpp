// Instructions that lie over the end of a page have code of their own.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u64 kBorder = kData + kPageSize;
constexpr u64 kSecondEntry = 0x14000 + 8 * (kBorder >> 12 & 511);  // in the page tables
constexpr u64 kFew = 20;

// back: call rdi; add rbx,rax; dec rcx; jnz back; hlt. RDI: a function that begins with an instruction over two pages.
CpuState calls(BaselineRig& m, u64 rounds) {
  m.put(kCode, {0xff, 0xd7, 0x48, 0x01, 0xc3, 0x48, 0xff, 0xc9, 0x75, 0xf6, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRdi] = kBorder - 2;
  s.gpr[kRcx] = rounds;
  return s;
}

// mov eax,imm32, three bytes of the number in the second page; ret
void putNumber(EngineRig& m, u32 number) {
  m.put(kBorder - 2, {0xb8});
  m.putWord<u32>(kBorder - 1, number);
  m.put(kBorder + 3, {0xc3});
}

TEST(PageBorder, InstructionsOverItAreCompiled) {
  BaselineRig m;
  putNumber(m, 0x01000005);
  m.load(calls(m, 1000));
  const VcpuExit exit = m.run();
  EXPECT_EQ(exit.reason, ExitReason::Halt);
  EXPECT_EQ(exit.instructions, 6001u);
  EXPECT_EQ(m.state().gpr[kRbx], u64{1000} * 0x01000005);
  EXPECT_LT(number(m, "times compiled code was entered"), kFew);
  EXPECT_LT(number(m, "of them interpreted"), kFew);
}

// back: add rax,1; dec rcx; jnz back; hlt: at each distance from the border one or another of the three lies over it. Budgets end in
// all places.
TEST(PageBorder, LoopsOverItAreExact) {
  for (u64 distance = 1; distance < 13; ++distance) {
    for (const u64 budget :
         {u64{1}, u64{2}, u64{3}, u64{40}, u64{41}, u64{42}, u64{20000}, u64{20001}, u64{20002}}) {
      BaselineRig m;
      const u64 loop = kBorder - distance;
      m.put(loop, {0x48, 0x83, 0xc0, 0x01, 0x48, 0xff, 0xc9, 0x0f, 0x85, 0xf3, 0xff, 0xff, 0xff, 0xf4});
      CpuState s = m.longMode();
      s.rip = loop;
      s.gpr[kRcx] = 10000;
      m.load(s);
      const VcpuExit exit = m.run(budget);
      EXPECT_EQ(exit.reason, ExitReason::Budget);
      EXPECT_EQ(exit.instructions, budget);
      EXPECT_EQ(m.state().gpr[kRax], (budget + 2) / 3);
      EXPECT_EQ(m.state().gpr[kRcx], 10000 - (budget + 1) / 3);
      EXPECT_EQ(m.run().reason, ExitReason::Halt);
      EXPECT_EQ(m.state().gpr[kRax], 10000u);
      EXPECT_LT(number(m, "times compiled code was entered"), kFew) << distance;
    }
  }
}

// A device writes into the second page, between two runs and two rounds. (Long ones: shortly before a budget ends, other code runs.)
TEST(PageBorder, WritesToTheSecondPageCount) {
  BaselineRig m;
  putNumber(m, 0x01000005);
  m.load(calls(m, 20000));
  EXPECT_EQ(m.run(60000).reason, ExitReason::Budget);
  m.putWord<u8>(kBorder + 2, 2);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], u64{10000} * 0x01000005 + u64{10000} * 0x02000005);
}

// Another page is put in the second one's place: in the first page is all that the translation tells. loop of `calls`, and behind it
// mov [r8],r9; invlpg [rdi+10h]; mov ecx,100; jmp back, once.
TEST(PageBorder, AnotherSecondPageCounts) {
  BaselineRig m;
  putNumber(m, 0x01000005);
  constexpr u64 kOther = 0x300000;
  m.putWord<u32>(kOther, 0xc3020000);
  CpuState s = calls(m, 100);
  m.put(kCode + 10,
        {0x4d, 0x39, 0x08, 0x74, 0x0e, 0x4d, 0x89, 0x08, 0x0f, 0x01,
         0x7f, 0x10, 0xb9, 100,  0,    0,    0,    0xeb, 0xe3, 0xf4});  // cmp [r8],r9; je out; …; out: hlt
  s.gpr[kR8] = kSecondEntry;
  s.gpr[kR9] = kOther | 0x67;  // accessed and dirty, so that it stays
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], u64{100} * 0x01000005 + u64{100} * 0x02000005);
}

// The first half of an instruction in one RAM page, entered at two linear addresses, with different second halves behind them.
TEST(PageBorder, AliasesHaveSecondPagesOfTheirOwn) {
  BaselineRig m;
  putNumber(m, 0x01000005);
  constexpr u64 kAlias = kData + 0x10000, kOther = 0x300000;
  m.putWord<u32>(kOther, 0xc3020000);
  // back: call rdi; xor rdi,rsi; add rbx,rax; dec rcx; jnz back; hlt
  m.put(kCode, {0xff, 0xd7, 0x48, 0x31, 0xf7, 0x48, 0x01, 0xc3, 0x48, 0xff, 0xc9, 0x75, 0xf3, 0xf4});
  CpuState s = m.longMode();
  m.putWord<u64>(0x13000 + 8 * (kAlias >> 12), kData | 7);
  m.putWord<u64>(0x13000 + 8 * ((kAlias >> 12) + 1), kOther | 7);
  s.gpr[kRdi] = kBorder - 2;
  s.gpr[kRsi] = kData ^ kAlias;
  s.gpr[kRcx] = 200;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], u64{100} * 0x01000005 + u64{100} * 0x02000005);
}

// Flushes that change nothing cost no compiled code: call rdi; mov cr3,rdx; dec rcx; jnz back; hlt. (Global pages stay.)
TEST(PageBorder, FlushesLeaveGlobalPagesAsTheyWere) {
  BaselineRig m;
  putNumber(m, 5);
  CpuState s = calls(m, 200);
  m.put(kCode, {0xff, 0xd7, 0x0f, 0x22, 0xda, 0x48, 0xff, 0xc9, 0x75, 0xf6, 0xf4});
  for (u64 i = 0; i < 1024; ++i) m.putWord<u64>(0x13000 + 8 * i, i << 12 | 0x107);
  s.cr4 |= kCr4Pge;
  s.gpr[kRdx] = s.cr3;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  EXPECT_LT(number(m, "times compiled code was entered"), 2 * kFew);
}

// More pages run than there are names: the second page has another name afterwards, by which its code has to go. Behind a jump to the
// loop of `calls`: back: call r8; add r8,1000h; cmp r8,r9; jne back; and the loop once more.
TEST(PageBorder, NamesMayChange) {
  BaselineRig m;
  putNumber(m, 3);
  constexpr u64 kMany = 0x400000, kPages = tcg::baseline::PageNames::kShortMask + 1;
  CpuState s = calls(m, 100);
  // out: cmp r8,r9; je end; back: call r8; add r8,1000h; cmp r8,r9; jne back; mov ecx,100; jmp kCode; end: hlt
  m.put(kCode + 10, {0x4d, 0x39, 0xc8, 0x74, 0x16, 0x41, 0xff, 0xd0, 0x49, 0x81, 0xc0, 0x00, 0x10, 0,
                     0,    0x4d, 0x39, 0xc8, 0x75, 0xf1, 0xb9, 100,  0,    0,    0,    0xeb, 0xdb, 0xf4});
  constexpr u64 kRam = 0x400000, kInRam = 1024;  // all of them are few pages of RAM
  for (u64 i = 0; i < kInRam; ++i) m.put(kRam + (i << 12), {0xc3});
  for (u64 t = 0; t * 512 < kPages; ++t) {
    const u64 table = 0x380000 + (t << 12);
    m.putWord<u64>(0x12000 + 8 * (2 + t), table | 7);
    for (u64 i = 0; i < 512; ++i) m.putWord<u64>(table + 8 * i, (kRam + ((t * 512 + i) % kInRam << 12)) | 7);
  }
  s.gpr[kR8] = kMany;
  s.gpr[kR9] = kMany + (kPages << 12);
  m.load(s);
  EXPECT_EQ(m.run(1000000).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRbx], 600u);
  EXPECT_LT(number(m, "of them interpreted"), kFew);
}

// Its handler has it decoded again when its decoded form is gone. RCL by 1 turns RAX and CF by one bit (SDM vol. 2); NOPs take the
// memory that decoded instructions have.
TEST(PageBorder, HandlersAreCalledAfterTheirInstructionsHaveGone) {
  BaselineRig m;
  constexpr u64 kAt = 0x400000;
  constexpr u32 kCount = 2 * tcg::BlockCache::kDefaultInsns / sizeof(tcg::BlockInsn);
  m.put(kBorder - 1, {0x48, 0xd1, 0xd0, 0xc3});
  for (u32 i = 0; i < kCount; ++i) m.put(kAt + i, {0x90});
  m.put(kAt + kCount, {0xff, 0xc9, 0x75, 0x01, 0xf4, 0xff, 0xe6});  // dec ecx; jnz on; hlt; on: jmp rsi
  m.put(kCode, {0xff, 0xd7, 0xff, 0xe2});                           // call rdi; jmp rdx
  CpuState s = m.longMode();
  m.putWord<u64>(0x12010, 0x15007);
  for (u64 i = 0; i < 512; ++i) m.putWord<u64>(0x15000 + 8 * i, (0x400000 + (i << 12)) | 7);
  s.gpr[kRax] = 0x0123456789abcdef;
  s.gpr[kRdi] = kBorder - 1;
  s.gpr[kRsi] = kCode;
  s.gpr[kRdx] = kAt;
  s.gpr[kRcx] = 4;
  m.load(s);
  EXPECT_EQ(m.run(u64{10} * kCount).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kRax], 0x123456789abcdef0u);
}

}  // namespace
}  // namespace duet::test
