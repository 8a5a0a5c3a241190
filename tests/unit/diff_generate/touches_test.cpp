// What stands before a case's own code touches bytes by the names operands have for them, and changes nothing.
#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "tests/unit/diff_generate/generators.h"
#include "tools/diff/generate/touches.h"

namespace duet::diff {
namespace {

using namespace tcg::isa;
using test::target;

std::vector<Insn> decoded(std::span<const u8> code, CodeMode mode) {
  std::vector<Insn> all;
  while (!code.empty()) {
    Insn insn;
    if (decode(code, mode, true, target(World::User64).features, insn) != DecodeStatus::Ok) break;
    all.push_back(insn);
    code = code.subspan(insn.length);
  }
  return all;
}

CpuState stateAt(u64 rip) {
  CpuState s;
  s.rip = rip;
  s.gpr[kRax] = 0x1122334455667788;
  return s;
}

class InMode : public testing::TestWithParam<CodeMode> {};

TEST_P(InMode, ReadsAndWritesWhatItIsTold) {
  Touches touches;
  touches.begin();
  touches.add({kGs, 4, 0x12345, true});
  touches.add({kFs, 4, 0x4321, false});
  const auto code = touches.before(stateAt(0x1800), GetParam());
  const auto insns = decoded(code, GetParam());
  // Read, write, read; RAX again; the jump.
  ASSERT_EQ(insns.size(), 5u);
  for (const unsigned i : {0u, 1u}) {
    EXPECT_EQ(insns[i].mem.segment, kGs);
    EXPECT_EQ(insns[i].mem.disp, 0x12345);
    EXPECT_EQ(insns[i].opcode, i ? 0xa2 : 0xa0);
  }
  EXPECT_EQ(insns[2].opcode, 0xa0);
  EXPECT_EQ(insns[2].mem.disp, 0x4321);
  EXPECT_EQ(insns[3].opcode, 0xb8);
  const u64 mask = GetParam() == CodeMode::Bits64 ? ~u64{0} : 0xffffffff;
  EXPECT_EQ(insns[3].imm & mask, 0x1122334455667788 & mask);
  EXPECT_EQ(insns[4].opcode, 0xeb);
  EXPECT_EQ(insns[4].imm, 0u);
}

INSTANTIATE_TEST_SUITE_P(Modes, InMode,
                         testing::Values(CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64));

TEST(Touches, StandNowhereElse) {
  Touches none, some;
  none.add({kDs, 8, 0x5000, true});
  EXPECT_TRUE(none.before(stateAt(0x1800), CodeMode::Bits64).empty()) << "not begun";
  some.begin();
  some.add({kDs, 8, 0x5000, true});
  EXPECT_FALSE(some.before(stateAt(0x1800), CodeMode::Bits64).empty());
  EXPECT_TRUE(some.before(stateAt(0x1004), CodeMode::Bits64).empty()) << "over the start of a page";
  for (const u64 flag : {kFlagTf, kFlagRf}) {
    CpuState s = stateAt(0x1800);
    s.rflags |= flag;
    EXPECT_TRUE(some.before(s, CodeMode::Bits64).empty()) << flag;
  }
}

// A case of the half that touches is the same case with more code before it.
TEST(Touches, LeaveTheCaseAsItIs) {
  for (const World world : {World::User64, World::User32}) {
    GeneratorOptions options;
    options.target = target(world);
    const Generator plain = Generator::create(options).value();
    options.touched = true;
    const Generator touched = Generator::create(options).value();
    unsigned longer = 0;
    for (u64 n = 0; n < 4000; ++n) {
      const GeneratedCase a = plain.at(n), b = touched.at(n);
      const auto &own = a.c.pieces.back().bytes, &more = b.c.pieces.back().bytes;
      EXPECT_TRUE(caseTouches(options.seed, n) || own == more);
      const bool branch = a.made[0].form.row != b.made[0].form.row || own.size() > more.size() ||
                          !std::equal(own.rbegin(), own.rend(), more.rbegin());
      if (branch) continue;  // a jump back would go into what is before
      CpuState moved = b.c.start;
      moved.rip += more.size() - own.size();
      EXPECT_EQ(moved, a.c.start) << n;
      longer += more.size() > own.size();
    }
    EXPECT_GT(longer, 600u);
  }
}

}  // namespace
}  // namespace duet::diff
