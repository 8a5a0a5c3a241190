// The code of all vCPUs of a machine: made once, and made, changed and dropped by some while others run it. (What the thread
// sanitizer sees of it is C++; that compiled code runs right, the numbers say.)
#include <gtest/gtest.h>

#include "tests/unit/baseline/several.h"

namespace duet::test {
namespace {

using Machine = Several<BaselineRig>;
using tcg::baseline::TranslatorOptions;

constexpr unsigned kVcpus = 4;

void put32(Machine& m, u64 at, u64 value) { m.putWord<u32>(at, static_cast<u32>(value)); }

// inc rax; dec rcx; jnz back; hlt
TEST(SharedCode, IsMadeOnce) {
  Machine m(2u, TranslatorOptions{.threshold = 1});
  m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRcx] = 1000;
  for (unsigned i = 0; i < 2; ++i) {
    ASSERT_TRUE(m.cpu(i).loadState(s));
    EXPECT_EQ(m.cpu(i).run({100000}).reason, ExitReason::Halt);
    EXPECT_EQ(m.stateOf(i).gpr[kRax], 1000u);
  }
  EXPECT_GE(m.tierOf(0).translated(), 2u);
  EXPECT_EQ(m.tierOf(1).translated(), 0u) << "the second found nothing";
  EXPECT_EQ(number(m, "blocks interpreted", 2), 0u);
}

// A store by another vCPU that has changed the bytes, but not yet ended the page's version: who decodes then sees the new ones, and from
// then on must not find code of the old ones (AMD APM vol. 2 7.6.1: an aligned quadword changes at once).
TEST(SharedCode, IsNotOlderThanWhatTheVcpuDecoded) {
  struct Case {
    u64 at;  // of the byte
    u8 now;
    u64 rbx, rdx;
  };
  // An immediate, an opcode (SUB), a register (ADD RBX, RCX), a displacement.
  for (const Case& c : {Case{1, 2, 20, 10}, {6, 0x29, u64{0} - 10, 10}, {7, 0xcb, 55, 10}, {11, 2, 10, 20}}) {
    Machine m(2u, TranslatorOptions{.threshold = 2});
    // mov eax,1; add rbx,rax; lea rdx,[rdx+1]; dec rcx; jnz back; hlt
    m.put(kCode,
          {0xb8, 1, 0, 0, 0, 0x48, 0x01, 0xc3, 0x48, 0x8d, 0x52, 1, 0x48, 0xff, 0xc9, 0x75, 0xef, 0xf4});
    CpuState s = m.longMode();
    s.gpr[kRcx] = 10;
    ASSERT_TRUE(m.cpu(0).loadState(s));
    EXPECT_EQ(m.cpu(0).run({100000}).reason, ExitReason::Halt);
    EXPECT_GE(m.tierOf(0).translated(), 1u);

    *m.memory.hostPointer(Gpa(kCode + c.at), 1, true) = c.now;
    ASSERT_TRUE(m.cpu(1).loadState(s));
    EXPECT_EQ(m.cpu(1).run({100000}).reason, ExitReason::Halt);
    EXPECT_EQ(m.stateOf(0).gpr[kRbx], 10u);
    EXPECT_EQ(m.stateOf(0).gpr[kRdx], 10u);
    EXPECT_EQ(m.stateOf(1).gpr[kRbx], c.rbx) << c.at;
    EXPECT_EQ(m.stateOf(1).gpr[kRdx], c.rdx) << c.at;
  }
}

// Handlers that code calls are given instructions which this vCPU has never decoded: RCL by 1 is not compiled.
TEST(SharedCode, FindsInstructionsThatAnotherDecoded) {
  Machine m(2u, TranslatorOptions{.threshold = 1});
  // rcl rax,1; jmp to 16: rcl rax,1; dec rcx; jnz back; hlt
  m.put(kCode, {0x48, 0xd1, 0xd0, 0xeb, 0x0b});
  m.put(kCode + 16, {0x48, 0xd1, 0xd0, 0x48, 0xff, 0xc9, 0x75, 0xe8, 0xf4});
  CpuState s = m.longMode();
  s.gpr[kRcx] = 16;
  s.gpr[kRax] = 0x80000001;
  for (unsigned i = 0; i < 2; ++i) {
    ASSERT_TRUE(m.cpu(i).loadState(s));
    EXPECT_EQ(m.cpu(i).run({100000}).reason, ExitReason::Halt);
    EXPECT_EQ(m.stateOf(i).gpr[kRax], 0x8000000100000000u);  // 32 places on, nothing carried in
  }
  EXPECT_EQ(m.tierOf(1).translated(), 0u);
}

// Blocks in several pages, more than the memory holds: some make what others run, and all of it goes again and again.
TEST(SharedCode, IsMadeAndDroppedByManyAtOnce) {
  Machine m(kVcpus, TranslatorOptions{.codeSize = 32u << 10, .threshold = 2});
  constexpr unsigned kBlocks = 1000;
  constexpr u64 kRounds = 10;
  for (unsigned i = 0; i < kBlocks; ++i)
    m.put(kData + 16 * i, {0x48, 0xff, 0xc0, 0xeb, 0x0b});  // inc rax; jmp to the next one
  m.put(kData + 16 * kBlocks, {0x48, 0xff, 0xc9, 0x0f, 0x85, 0, 0, 0, 0, 0xf4});  // dec rcx; jnz kData; hlt
  put32(m, kData + 16 * kBlocks + 5, u64{0} - (16 * kBlocks + 9));
  CpuState s = m.longMode();
  s.rip = kData;
  s.gpr[kRcx] = kRounds;
  std::vector<CpuState> states(kVcpus, s);
  for (unsigned i = 0; i < kVcpus; ++i)
    states[i].rip = kData + 16 * (i * kBlocks / kVcpus);  // each elsewhere
  const std::vector<u64> ran = m.runAll(states);
  u64 recycled = 0;
  for (unsigned i = 0; i < kVcpus; ++i) {
    const u64 steps = kRounds * kBlocks - i * kBlocks / kVcpus;
    EXPECT_EQ(m.stateOf(i).gpr[kRax], steps);
    EXPECT_EQ(ran[i], 2 * steps + 2 * kRounds + 1);
  }
  for (unsigned n = 1; n <= 3; ++n) recycled += number(m, "times code memory was recycled", n);
  EXPECT_GE(recycled, 3u);
}

// One jump across pages, by many vCPUs, to a page that lies at one place for some of them and at another for the others.
TEST(SharedCode, JumpsToThePageThatTheVcpuHasThere) {
  constexpr u64 kFar = 0x100000, kFirst = 0x201000, kSecond = 0x202000, kOther = 0x20000;
  constexpr unsigned kCalls = 100;
  constexpr u64 kRounds = 200;
  for (unsigned again = 0; again < 10; ++again) {
    Machine m(kVcpus, TranslatorOptions{.threshold = 1});
    CpuState s = m.longMode();
    // The same tables for the odd ones, but for one page.
    for (u64 at = 0; at < 0x5000; at += 8) m.putWord<u64>(kOther + at, m.word<u64>(kTables + at));
    m.putWord<u64>(kOther, (kOther + 0x1000) | 7);
    m.putWord<u64>(kOther + 0x1000, (kOther + 0x2000) | 7);
    m.putWord<u64>(kOther + 0x2000, (kOther + 0x3000) | 7);
    m.putWord<u64>(0x13000 + 8 * (kFar >> 12), kFirst | 7);
    m.putWord<u64>(kOther + 0x3000 + 8 * (kFar >> 12), kSecond | 7);
    m.put(kFirst, {0x48, 0xff, 0xc0, 0xc3});         // inc rax; ret
    m.put(kSecond, {0x48, 0x05, 0, 1, 0, 0, 0xc3});  // add rax,256; ret
    u64 at = kCode;
    for (unsigned i = 0; i < kCalls; ++i, at += 5) {
      m.put(at, {0xe8});  // call kFar
      put32(m, at + 1, kFar - (at + 5));
    }
    m.put(at, {0x48, 0xff, 0xc9, 0x0f, 0x85, 0, 0, 0, 0, 0xf4});  // dec rcx; jnz kCode; hlt
    put32(m, at + 5, kCode - (at + 9));
    s.gpr[kRcx] = kRounds;
    std::vector<CpuState> states(kVcpus, s);
    for (unsigned i = 0; i < kVcpus; ++i) {
      states[i].gpr[kRsp] = 0x8000 - 0x400 * i;
      if (i % 2) states[i].cr3 = kOther;
    }
    m.runAll(states);
    for (unsigned i = 0; i < kVcpus; ++i)
      ASSERT_EQ(m.stateOf(i).gpr[kRax], kRounds * kCalls * (i % 2 ? 256 : 1)) << i;
  }
}

// One vCPU changes a number in a function that the others call: they see one of both (SDM vol. 3 9.1.3 wants no more of them, as
// the four bytes are written at once), and in the end the last.
TEST(SharedCode, ChangesWhileOthersRunIt) {
  constexpr u32 kOne = 0x11111111, kTwo = 0x22222222;
  constexpr u64 kFunction = 0x1803;  // its number is aligned
  Machine m(kVcpus, TranslatorOptions{.codeSize = 64u << 10, .threshold = 2});
  m.put(kFunction, {0xb8, 0x11, 0x11, 0x11, 0x11, 0xc3});  // mov eax,kOne; ret
  // call function; cmp eax,kOne; je fine; cmp eax,kTwo; je fine; inc rbx; fine: dec rcx; jnz back; hlt
  m.put(kCode, {0xe8, 0,    0,    0,    0,    0x3d, 0x11, 0x11, 0x11, 0x11, 0x74, 0x0a, 0x3d, 0x22,
                0x22, 0x22, 0x22, 0x74, 0x03, 0x48, 0xff, 0xc3, 0x48, 0xff, 0xc9, 0x75, 0xe5, 0xf4});
  put32(m, kCode + 1, kFunction - (kCode + 5));
  // xor dword [kFunction+1],kOne^kTwo; call function; inc rbx on another number than the one just written; dec rcx; jnz; hlt
  constexpr u64 kWriter = 0x3000;
  m.put(kWriter,
        {0x81, 0x34, 0x25, 0x04, 0x18, 0, 0,    0x33, 0x33, 0x33, 0x33, 0xe8, 0,    0,    0,    0,    0x3b,
         0x04, 0x25, 0x04, 0x18, 0,    0, 0x74, 0x03, 0x48, 0xff, 0xc3, 0x48, 0xff, 0xc9, 0x75, 0xdf, 0xf4});
  put32(m, kWriter + 12, kFunction - (kWriter + 16));
  static_assert((kOne ^ kTwo) == 0x33333333 && kFunction + 1 == 0x1804);
  CpuState s = m.longMode();
  std::vector<CpuState> states(kVcpus, s);
  for (unsigned i = 0; i < kVcpus; ++i) {
    states[i].gpr[kRsp] = 0x8000 - 0x400 * i;
    states[i].gpr[kRcx] = i ? 20000 : 4001;
  }
  states[0].rip = kWriter;
  m.runAll(states);
  for (unsigned i = 0; i < kVcpus; ++i) EXPECT_EQ(m.stateOf(i).gpr[kRbx], 0u) << i;
  states[1].gpr[kRcx] = 1;
  m.runAll({states.begin() + 1, states.begin() + 2});
  EXPECT_EQ(m.stateOf(0).gpr[kRax] & 0xffffffff, kTwo);
}

}  // namespace
}  // namespace duet::test
