// Repeated MOVS and STOS, which have code of their own within a page: every size beside pages' ends, and all that the code leaves
// to the handler (SDM vol. 2, REP, MOVS, STOS).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/cpu/registers.h"
#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

constexpr u64 kFrom = kData, kTo = kData + 0x10000, kAround = 0x4000;  // bytes that are looked at behind each
constexpr unsigned kRounds = 3;  // the last finds all pages in the TLB, and dirty

struct Repetition {
  unsigned size;
  u64 from, to, count;
  bool down = false;
};

class RepeatedStrings : public testing::TestWithParam<bool> {
 protected:
  bool moves() const { return GetParam(); }

  // again: mov rsi,r8; mov rdi,r9; mov rcx,r10; rep movs or stos; dec ebp; jnz again; hlt
  void code(unsigned size) {
    std::vector<u8> code{0x4c, 0x89, 0xc6, 0x4c, 0x89, 0xcf, 0x4c, 0x89, 0xd1};
    const u8 opcode = static_cast<u8>((moves() ? 0xa4 : 0xaa) + (size > 1));
    if (size == 2) code.push_back(0x66);
    code.push_back(0xf3);
    if (size == 8) code.push_back(0x48);
    code.push_back(opcode);
    code.insert(code.end(), {0xff, 0xcd, 0x75});
    code.push_back(static_cast<u8>(0u - (code.size() + 1)));
    code.push_back(0xf4);
    for (size_t i = 0; i < code.size(); ++i) m_.putWord<u8>(kCode + i, code[i]);
  }

  // What is there, and what ought to be.
  void fill() {
    for (u64 i = 0; i < kAround; ++i) {
      m_.putWord<u8>(kFrom + i, sourceByte(i));
      m_.putWord<u8>(kTo + i, 0xee);
    }
  }
  std::vector<u8> expected(const Repetition& r) const {
    std::vector<u8> bytes(kAround, 0xee);
    for (u64 i = 0; i < r.count * r.size; ++i) {
      const u64 element = i / r.size * r.size;
      const u64 away = (r.down ? u64{0} - element : element) + i % r.size;
      bytes[r.to - kTo + away] =
          moves() ? sourceByte(r.from - kFrom + away) : static_cast<u8>(kRaxValue >> (8 * (i % r.size)));
    }
    return bytes;
  }
  static u8 sourceByte(u64 at) { return static_cast<u8>(at * 7 + at / 256); }

  void check(const Repetition& r) {
    SCOPED_TRACE(std::to_string(r.size) + " bytes, " + std::to_string(r.count) + " times, to page offset " +
                 std::to_string(r.to % kPageSize));
    fill();
    code(r.size);
    CpuState s = m_.longMode();
    if (r.down) s.rflags |= kFlagDf;
    s.rflags |= kFlagCf | kFlagOf | kFlagPf;
    s.gpr[kRax] = kRaxValue;
    s.gpr[kR8] = r.from;
    s.gpr[kR9] = r.to;
    s.gpr[kR10] = r.count;
    s.gpr[kRbp] = kRounds;
    m_.load(s);
    ASSERT_EQ(m_.run().reason, ExitReason::Halt);
    const CpuState& after = m_.state();
    const u64 bytes = r.down ? u64{0} - r.count * r.size : r.count * r.size;
    EXPECT_EQ(after.gpr[kRcx], 0u);
    EXPECT_EQ(after.gpr[kRdi], r.to + bytes);
    EXPECT_EQ(after.gpr[kRsi], moves() ? r.from + bytes : r.from);
    EXPECT_EQ(after.gpr[kRax], kRaxValue);
    EXPECT_TRUE(after.rflags & kFlagCf) << "DEC leaves CF, and nothing else may change it";
    const std::vector<u8> want = expected(r);
    for (u64 i = 0; i < kAround; ++i) ASSERT_EQ(m_.word<u8>(kTo + i), want[i]) << "byte " << i;
  }

  static constexpr u64 kRaxValue = 0x8877665544332211;
  BaselineRig m_;
};

TEST_P(RepeatedStrings, OfEverySizeBesideThePagesEnds) {
  for (const unsigned size : {1u, 2u, 4u, 8u}) {
    const u64 page = kPageSize / size;
    for (const u64 count : {u64{0}, u64{1}, u64{2}, page - 1, page, page + 1})
      for (const u64 before : {u64{0}, u64{1}, u64{size}, count * size})
        check({size, kFrom + 0x400, kTo + 2 * kPageSize - before, count});
  }
}

TEST_P(RepeatedStrings, GoDownWithDf) {
  for (const unsigned size : {1u, 8u}) check({size, kFrom + 0x800, kTo + 0x808, 100, true});
}

TEST_P(RepeatedStrings, HaveNoNeedOfTheHandlerWithinAPage) {
  fill();
  code(4);
  CpuState s = m_.longMode();
  s.gpr[kR8] = kFrom;
  s.gpr[kR9] = kTo;
  s.gpr[kR10] = 16;
  s.gpr[kRbp] = 1000;
  m_.load(s);
  ASSERT_EQ(m_.run().reason, ExitReason::Halt);
  const char* line = moves() ? "  movsw/movsd/movsq =Yv,Xv (A5)" : "  stosw/stosd/stosq =Yv,rAX (AB)";
  EXPECT_EQ(number(m_, line, 1), 0u) << "it has code of its own";
  EXPECT_LT(number(m_, line, 2), 10u) << "the slow path";
}

// The page behind may not be written: what comes before it is, and the registers say how far it came.
TEST_P(RepeatedStrings, FaultWhereThePageEnds) {
  fill();
  code(8);
  CpuState s = m_.longMode();
  m_.putWord<u64>(0x13000 + 8 * ((kTo + kPageSize) >> 12), (kTo + kPageSize) | 5);
  s.gpr[kR8] = kFrom;
  s.gpr[kR9] = kTo + kPageSize - 32;
  s.gpr[kR10] = 10;
  s.gpr[kRax] = kRaxValue;
  s.gpr[kRbp] = 1;
  m_.load(s);
  EXPECT_NE(m_.run().reason, ExitReason::Halt) << "no handler for #PF: a triple fault";
  EXPECT_EQ(m_.state().gpr[kRcx], 6u);
  EXPECT_EQ(m_.state().gpr[kRdi], kTo + kPageSize);
  EXPECT_EQ(m_.state().gpr[kRsi], moves() ? kFrom + 32 : kFrom);
  EXPECT_EQ(m_.word<u8>(kTo + kPageSize), 0xee);
  EXPECT_NE(m_.word<u8>(kTo + kPageSize - 1), 0xee);
}

// Over code that has run: what is called afterwards is the new code. rdi: a function, rbx: the same.
// again: call rbx; mov rdi,rbx; mov rsi,r8; mov ecx,4; rep; dec ebp; jnz again; hlt
TEST_P(RepeatedStrings, OverCodeCount) {
  const u8 opcode = moves() ? 0xa4 : 0xaa;
  m_.put(kCode, {0xff, 0xd3, 0x48, 0x89, 0xdf,   0x4c, 0x89, 0xc6, 0xb9, 4,
                 0,    0,    0,    0xf3, opcode, 0xff, 0xcd, 0x75, 0xed, 0xf4});
  m_.put(kTo, {0xff, 0xc2, 0xff, 0xc2, 0xc3});    // inc edx; inc edx; ret
  m_.put(kFrom, {0x90, 0x90, 0x90, 0x90, 0x90});  // in whose place come NOPs
  CpuState s = m_.longMode();
  s.gpr[kRax] = 0x90;
  s.gpr[kRbx] = kTo;
  s.gpr[kR8] = kFrom;
  s.gpr[kRbp] = 100;
  m_.load(s);
  ASSERT_EQ(m_.run().reason, ExitReason::Halt);
  EXPECT_EQ(m_.state().gpr[kRdx], 2u) << "the first call alone counts";
}

// The count of elements that a 64-bit number of bytes cannot hold: not none. The first round, of four, finds the pages.
// again: mov rsi,r8; mov rdi,r9; mov rcx,r10; rep; mov r10,r11; dec ebp; jnz again; hlt
TEST_P(RepeatedStrings, LargeCountsAreNotCutOff) {
  fill();
  const u8 opcode = moves() ? 0xa5 : 0xab;
  m_.put(kCode, {0x4c, 0x89,   0xc6, 0x4c, 0x89, 0xcf, 0x4c, 0x89, 0xd1, 0xf3,
                 0x48, opcode, 0x4d, 0x89, 0xda, 0xff, 0xcd, 0x75, 0xed, 0xf4});
  CpuState s = m_.longMode();
  s.gpr[kR8] = kFrom;
  s.gpr[kR9] = kTo + 8;
  s.gpr[kR10] = 4;
  s.gpr[kR11] = u64{1} << 61;
  s.gpr[kRbp] = 2;
  m_.load(s);
  EXPECT_NE(m_.run().reason, ExitReason::Halt) << "it runs into what is not mapped";
  EXPECT_EQ(m_.state().gpr[kRbp], 1u) << "in the second round";
  EXPECT_LT(m_.state().gpr[kRcx], u64{1} << 61);
}

INSTANTIATE_TEST_SUITE_P(All, RepeatedStrings, testing::Bool(),
                         [](const auto& moves) { return std::string(moves.param ? "Movs" : "Stos"); });

}  // namespace
}  // namespace duet::test
