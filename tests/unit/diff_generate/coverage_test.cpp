// Counting: who has reached what.
#include <gmock/gmock.h>

#include <fstream>

#include "tests/unit/diff_generate/generators.h"
#include "tools/diff/generate/coverage.h"
#include "tools/diff/generate/rows.h"

namespace duet::diff::test {
namespace {

using testing::HasSubstr;

Outcome raised(u64 rip, u8 vector) {
  Outcome o;
  o.ending = Ending::Exception;
  o.exception.vector = vector;
  o.after.rip = rip;
  return o;
}

// Three instructions, 2 bytes each, of three rows that user mode may carry out.
GeneratedCase three() {
  GeneratedCase g;
  const Generator rows = generator(World::User64, 1);
  for (unsigned n = 0; g.count < 3; ++n) {
    if (!isUserRow(*rows.rows()[n], rows.options().target)) continue;
    MadeInstruction& m = g.made[g.count];
    m.form = formsOf(*rows.rows()[n], rows.options().target)[0];
    m.address = 0x1000 + 2 * g.count++;
    m.length = 2;
  }
  return g;
}

const Target kWide = target(World::User64);

CoverageTotals after(const Outcome& outcome) {
  Coverage c;
  const unsigned host = c.witness("host", true);
  c.ran(three(), outcome, host);
  return c.totals(kWide, host);
}

TEST(Coverage, EverythingRanWhenInt3BehindItWasReached) {
  const CoverageTotals t = after(raised(0x1007, 3));
  EXPECT_EQ(t.instructions, 3u);
  EXPECT_EQ(t.rowsReached, 3u);
  EXPECT_EQ(t.rowsCompleted, 3u);
  EXPECT_EQ(t.formsReached, 3u);
}

TEST(Coverage, AFaultCountsForItsInstructionAndHidesTheRest) {
  const CoverageTotals t = after(raised(0x1002, 14));
  EXPECT_EQ(t.instructions, 2u);
  EXPECT_EQ(t.rowsReached, 2u);
  EXPECT_EQ(t.rowsCompleted, 1u);
}

TEST(Coverage, ATrapNamesTheNextInstruction) {
  const CoverageTotals t = after(raised(0x1002, 1));
  EXPECT_EQ(t.instructions, 1u);
  EXPECT_EQ(t.rowsCompleted, 1u);
}

TEST(Coverage, OutcomesThatDoNotSayWhereTheyEndedCountNothing) {
  Outcome o;
  EXPECT_EQ(after(o).instructions, 0u);
  o.ending = Ending::Steps;
  EXPECT_EQ(after(o).instructions, 0u);
}

TEST(Coverage, InstructionsThatCannotBeFetchedDoNotCount) {
  GeneratedCase g = three();
  g.made[2].whole = false;
  Coverage c;
  const unsigned host = c.witness("host", true);
  c.ran(g, raised(0x1004, 14), host);
  EXPECT_EQ(c.totals(kWide, host).instructions, 2u);
}

TEST(Coverage, TotalsAddUp) {
  const Generator g = generator(World::User64, 4);
  Coverage c;
  const unsigned host = c.witness("host", true);
  GeneratedCase out;
  u64 made = 0, rows = 0;
  for (u64 n = 0; n < 6000; ++n) {
    g.at(n, out);
    c.generated(out);
    for (unsigned i = 0; i < out.count; ++i) made += out.made[i].whole;
    if (n % 2 == 0) c.ran(out, raised(0, 3), host);
  }
  for (const tcg::isa::Row& row : tcg::isa::allRows()) rows += isUserRow(row, kWide);
  const CoverageTotals generated = c.totals(kWide, 0), ran = c.totals(kWide, host);
  EXPECT_EQ(generated.instructions, made);
  EXPECT_EQ(generated.rows, rows);
  EXPECT_EQ(generated.rowsReached, rows);
  EXPECT_EQ(generated.rowsCompleted, 0u);
  EXPECT_LT(ran.instructions, made);
  EXPECT_EQ(ran.rowsReached, ran.rowsCompleted);
  EXPECT_LE(ran.formsReached, ran.forms);
  EXPECT_EQ(c.totals(target(World::User32), 0).instructions, 0u);
}

TEST(Coverage, PageSaysWhatHardwareHasNotReachedFirst) {
  const GeneratedCase g = three();
  Coverage c;
  c.generated(g);
  c.ran(g, raised(0x1007, 3), c.witness("interp", false));
  const std::string without = c.page(kWide);
  c.ran(g, raised(0x1002, 14), c.witness("host", true));
  const std::string page = c.page(kWide);
  const auto line = [](u16 row) {
    return fmt::format("| `{}` | {}", tcg::isa::allRows()[row].encoding, tcg::isa::allRows()[row].mnemonic);
  };
  const size_t reached = page.find(line(g.made[0].form.row)), unreached = page.find(line(g.made[2].form.row));
  ASSERT_NE(reached, std::string::npos);
  ASSERT_NE(unreached, std::string::npos);
  EXPECT_GT(reached, unreached);
  EXPECT_LT(without.find(line(g.made[0].form.row)), without.find(line(g.made[2].form.row)));
  EXPECT_THAT(page, HasSubstr("| host (hardware) | 2 |"));
  EXPECT_THAT(page, HasSubstr("2 (0.1 %)"));
  EXPECT_THAT(page, HasSubstr("| Rdtsc | all | time |"));
}

class CoverageFile : public testing::Test {
 protected:
  ~CoverageFile() override { std::filesystem::remove(path_); }
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / fmt::format("duet-coverage-{}", ::getpid());
};

TEST_F(CoverageFile, ComesBackAsItWas) {
  const Generator g = generator(World::User32, 8);
  Coverage c;
  const unsigned host = c.witness("host", true), interp = c.witness("interp", false);
  GeneratedCase out;
  for (u64 n = 0; n < 1000; ++n) {
    g.at(n, out);
    c.generated(out);
    c.ran(out, raised(0, 3), n % 3 ? host : interp);
  }
  ASSERT_TRUE(c.save(path_));
  const Result<Coverage> loaded = Coverage::load(path_);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(*loaded == c);
}

TEST_F(CoverageFile, RunsAddUpThoughTheirWitnessesAreNumberedApart) {
  Coverage a, b;
  a.ran(three(), raised(0x1002, 14), a.witness("host", true));
  b.witness("interp", false);
  b.ran(three(), raised(0x1007, 3), b.witness("host", true));
  a.merge(b);
  const CoverageTotals t = a.totals(kWide, a.witness("host", true));
  EXPECT_EQ(t.instructions, 5u);
  EXPECT_EQ(t.rowsReached, 3u);
  EXPECT_EQ(a.witnesses().size(), 3u);
}

TEST_F(CoverageFile, DamagedAndForeignFilesAreRefused) {
  EXPECT_THAT(Coverage::load("/nonexistent/file").error().message, HasSubstr("cannot read"));
  std::ofstream(path_) << "something else";
  EXPECT_THAT(Coverage::load(path_).error().message, HasSubstr("not a coverage file"));
  Coverage c;
  c.ran(three(), raised(0x1007, 3), c.witness("host", true));
  ASSERT_TRUE(c.save(path_));
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) - 1);
  EXPECT_THAT(Coverage::load(path_).error().message, HasSubstr("damaged"));
  std::ofstream(path_) << "duet-coverage-1\nx";
  EXPECT_THAT(Coverage::load(path_).error().message, HasSubstr("other instruction tables"));
}

}  // namespace
}  // namespace duet::diff::test
