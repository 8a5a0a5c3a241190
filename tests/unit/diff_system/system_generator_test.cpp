// Cases of the system world: what the header promises.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/cpu/exception.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/system/system_forms.h"
#include "tools/diff/system/system_generator.h"

namespace duet::diff::test {
namespace {

struct Interpreted {
  std::unique_ptr<Engine> engine = makeEngine("interp", {}).value();
  Target target{World::System, engine->abilities().features, engine->abilities().vendor};

  Outcome run(const Case& c) const {
    Outcome o;
    EXPECT_TRUE(engine->run({&c, 1}, {&o, 1}));
    return o;
  }
};

TEST(SystemGenerator, ANumberIsACase) {
  const Interpreted i;
  const auto a =
      SystemGenerator::create({.seed = 3, .target = i.target, .only = "", .instructionsPerCase = 4}).value();
  const auto b =
      SystemGenerator::create({.seed = 3, .target = i.target, .only = "", .instructionsPerCase = 4}).value();
  const auto other =
      SystemGenerator::create({.seed = 4, .target = i.target, .only = "", .instructionsPerCase = 4}).value();
  unsigned different = 0;
  for (u64 n = 0; n < 200; ++n) {
    const GeneratedCase one = a.at(n), again = b.at(n);
    EXPECT_EQ(one.c.pieces, again.c.pieces);
    EXPECT_EQ(one.c.start, again.c.start);
    different += one.c.pieces != other.at(n).c.pieces;
  }
  EXPECT_GT(different, 190u);
}

TEST(SystemGenerator, ACycleHasEveryRowInEveryModeItExistsIn) {
  const Interpreted i;
  const auto generator = SystemGenerator::create({.seed = 1, .target = i.target, .only = {}}).value();
  std::set<std::pair<u16, SystemMode>> made, asked;
  for (u64 n = 0; n < generator.cycle(); ++n) {
    const GeneratedCase g = generator.at(n);
    ASSERT_GE(g.count, 1u) << "case " << n;
    made.emplace(g.made[0].form.row, g.made[0].form.mode);
  }
  for (const tcg::isa::Row& row : tcg::isa::allRows())
    for (unsigned mode = 0; mode <= static_cast<unsigned>(SystemMode::Long64); ++mode) {
      Target in = i.target;
      in.systemMode = static_cast<SystemMode>(mode);
      if (isSystemRow(row, in)) asked.emplace(row.index, in.systemMode);
    }
  for (const auto& [row, mode] : asked)
    EXPECT_TRUE(made.contains({row, mode}))
        << tcg::isa::allRows()[row].encoding << ", " << systemModeName(mode);
}

// Neither a case that all fault in nor one that nothing happens in would say much.
TEST(SystemGenerator, CasesEndInEveryWay) {
  const Interpreted i;
  const auto generator = SystemGenerator::create({.seed = 1, .target = i.target, .only = {}}).value();
  std::map<int, unsigned> ends;  // by vector; -1: a HLT of its own
  unsigned others = 0;
  constexpr u64 kCases = 4000;
  for (u64 n = 0; n < kCases; ++n) {
    const GeneratedCase g = generator.at(n);
    const Outcome o = i.run(g.c);
    const auto end = systemEnd(g.c, o);
    others += !end;
    if (end) ++ends[end->vector ? *end->vector : -1];
  }
  EXPECT_LT(others, kCases / 20);
  EXPECT_GT(ends[-1], kCases / 10);
  for (const int vector : {kExcDB, kExcBP, kExcOF, kExcBR, kExcUD, kExcSS, kExcGP, kExcPF, kExcAC})
    EXPECT_GT(ends[vector], 0u) << "vector " << vector;
}

TEST(SystemGenerator, NoRowHasSuchAName) {
  const Interpreted i;
  EXPECT_FALSE(SystemGenerator::create({.seed = 1, .target = i.target, .only = "no such name"}));
}

}  // namespace
}  // namespace duet::diff::test
