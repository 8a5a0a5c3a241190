// What the generator promises about its cases as a whole.
#include <algorithm>
#include <set>

#include "core/cpu/registers.h"
#include "tests/unit/diff_generate/generators.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff::test {
namespace {

bool same(const Case& a, const Case& b) {
  return a.world == b.world && a.steps == b.steps && a.pieces == b.pieces && a.start == b.start &&
         *a.memory == *b.memory;
}

INSTANTIATE_TEST_SUITE_P(Worlds, EveryWorld,
                         testing::Values(WorldCase{World::User64, 1}, WorldCase{World::User64, 8},
                                         WorldCase{World::User32, 1}, WorldCase{World::User32, 8}),
                         [](const auto& instance) {
                           return std::string(instance.param.world == World::User64 ? "Wide" : "Narrow") +
                                  std::to_string(instance.param.instructions);
                         });

TEST_P(EveryWorld, SameSeedSameCases) {
  const Generator a = make(7), b = make(7), other = make(8);
  unsigned different = 0;
  for (u64 n = 0; n < 200; ++n) {
    EXPECT_TRUE(same(a.at(n).c, b.at(n).c)) << n;
    different += !same(a.at(n).c, other.at(n).c);
  }
  EXPECT_GT(different, 190u);
}

TEST_P(EveryWorld, CasesCanBeMadeAloneAndInAnyOrder) {
  Generator inOrder = make();
  const Generator alone = make();
  std::vector<GeneratedCase> cases;
  for (unsigned n = 0; n < 50; ++n) cases.push_back(inOrder.next());
  GeneratedCase reused;
  for (unsigned n = 50; n-- > 0;) {
    alone.at(n, reused);
    EXPECT_TRUE(same(reused.c, cases[n].c)) << n;
    EXPECT_EQ(reused.count, cases[n].count);
  }
}

TEST_P(EveryWorld, EveryRowIsMadeInOneCycle) {
  const Generator g = make();
  std::set<u16> made;
  GeneratedCase out;
  for (u64 n = 0; n < g.cycle(); ++n) {
    g.at(n, out);
    for (unsigned i = 0; i < out.count; ++i) made.insert(out.made[i].form.row);
  }
  for (const tcg::isa::Row* row : g.rows())
    EXPECT_TRUE(made.contains(row->index)) << row->encoding << ' ' << row->mnemonic;
  EXPECT_TRUE(made.contains(kInvalidRow));
  EXPECT_GT(g.rows().size(), 1500u);
}

// Everything that case.h and user_world.h ask of a case of the user worlds.
TEST_P(EveryWorld, CasesKeepToTheirWorld) {
  const Generator g = make(3);
  const CpuState fresh = userState(GetParam().world);
  GeneratedCase out;
  for (u64 n = 0; n < 3000; ++n) {
    g.at(n, out);
    ASSERT_GE(out.count, 1u) << n;
    const CpuState& s = out.c.start;
    CpuState rest = s;
    rest.gpr = fresh.gpr;
    rest.rip = fresh.rip;
    rest.xsave = fresh.xsave;
    EXPECT_EQ(s.rflags & ~u64{kUserFlags}, fresh.rflags & ~u64{kUserFlags});
    rest.rflags = fresh.rflags;
    for (const unsigned i : {kSegEs, kSegDs, kSegFs, kSegGs}) {
      SegmentRegister reg = s.segment[i];
      if (GetParam().world == World::User64 && i >= kSegFs) {
        EXPECT_EQ(static_cast<i64>(reg.base << 16) >> 16, static_cast<i64>(reg.base)) << "not canonical";
        reg.base = 0;
      }
      EXPECT_TRUE(reg == fresh.segment[kSegFs] || reg == userSegment(reg.selector));
      rest.segment[i] = fresh.segment[i];
    }
    if (GetParam().world == World::User32 && s.segment[kSegSs].selector != kUserData) {
      EXPECT_TRUE(s.segment[kSegSs] == userSegment(kTlsLow) ||
                  s.segment[kSegSs] == userSegment(kTlsExpandDown));
      rest.segment[kSegSs] = fresh.segment[kSegSs];
    }
    EXPECT_TRUE(rest == fresh) << n;
    const u64 highest = GetParam().world == World::User32 ? 0xffffffff : ~u64{0};
    for (const u64 r : s.gpr) EXPECT_LE(r, highest);
  }
}

TEST_P(EveryWorld, PiecesLieWithinThePages) {
  const Generator g = make(4);
  GeneratedCase out;
  for (u64 n = 0; n < 3000; ++n) {
    g.at(n, out);
    for (const Piece& piece : out.c.pieces)
      for (const u64 address : {piece.address, piece.address + piece.bytes.size() - 1})
        EXPECT_TRUE(std::ranges::any_of(out.c.memory->pages,
                                        [&](const Page& p) { return p.address == (address & ~u64{0xfff}); }))
            << std::hex << address;
  }
}

// A kernel entered by a test case would not come back with a comparable state.
TEST_P(EveryWorld, NothingEntersTheKernel) {
  const Generator g = make(5);
  GeneratedCase out;
  for (u64 n = 0; n < 20000; ++n) {
    g.at(n, out);
    for (unsigned i = 0; i < out.count; ++i) {
      const MadeInstruction& m = out.made[i];
      if (m.form.row == kInvalidRow || !m.whole) continue;
      const std::string_view sem = tcg::isa::allRows()[m.form.row].semName;
      EXPECT_TRUE(sem != "Syscall" && sem != "Sysenter" && sem != "Vmcall" && sem != "Vmmcall");
    }
  }
}

TEST(Generator, NoInterrupt80) {
  const Generator g = generator(World::User32, 1, 1, CpuVendor::Intel, "CD ib");
  std::set<u8> vectors;
  for (u64 n = 0; n < 20000; ++n) {
    const GeneratedCase made = g.at(n);
    vectors.insert(codeAt(made.c, made.made[0].address, made.made[0].length).back());
  }
  EXPECT_EQ(vectors.size(), 255u);
  EXPECT_FALSE(vectors.contains(0x80));
}

TEST(Generator, FilterChoosesByMnemonicAndEncoding) {
  GeneratorOptions options;
  options.target = target(World::User64);
  options.only = "bsf";
  const Generator byName = Generator::create(options).value();
  ASSERT_EQ(byName.rows().size(), 1u);
  EXPECT_EQ(byName.cycle(), 1u);
  EXPECT_EQ(byName.at(3).made[0].form.row, byName.rows()[0]->index);
  options.only = "F3 0F BC";
  EXPECT_STREQ(Generator::create(options).value().rows()[0]->mnemonic, "tzcnt");
}

TEST(Generator, FilterThatMatchesNothingIsAnError) {
  GeneratorOptions options;
  options.target = target(World::User64);
  options.only = "nosuchinstruction";
  const Result<Generator> generator = Generator::create(options);
  ASSERT_FALSE(generator);
  EXPECT_NE(generator.error().message.find("nosuchinstruction"), std::string::npos);
  options.only = "daa";  // not in 64-bit mode
  EXPECT_FALSE(Generator::create(options));
  options.target.world = World::User32;
  EXPECT_TRUE(Generator::create(options));
}

TEST(Generator, InstructionCountHasLimits) {
  GeneratorOptions options;
  options.target = target(World::User64);
  options.instructionsPerCase = kMostInstructions + 1;
  EXPECT_FALSE(Generator::create(options));
  options.instructionsPerCase = 0;
  EXPECT_FALSE(Generator::create(options));
}

TEST(Generator, FeaturesDecideWhichRowsThereAre) {
  GeneratorOptions options;
  options.target = {World::User64, FeatureSet(), CpuVendor::Intel};
  const Generator plain = Generator::create(options).value();
  for (const tcg::isa::Row* row : plain.rows()) EXPECT_EQ(row->feature, Feature::Base) << row->mnemonic;
}

TEST(Generator, WhatIsLeftOutHasAReasonAndExists) {
  for (const LeftOut& l : leftOut()) {
    EXPECT_FALSE(l.why.empty());
    EXPECT_TRUE(std::ranges::any_of(tcg::isa::allRows(), [&](const auto& row) {
      return l.sem == row.semName;
    })) << l.sem;
  }
}

}  // namespace
}  // namespace duet::diff::test
