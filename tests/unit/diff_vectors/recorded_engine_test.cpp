// The engine that answers from a file: what it answers, and what it says no to.
#include "tools/diff/vectors/recorded_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/diff_vectors/sample.h"
#include "tools/diff/compare/compare.h"

namespace duet::diff::test {
namespace {

using testing::HasSubstr;

RecordedEngine sampleEngine() {
  return RecordedEngine(std::make_shared<VectorFile>(VectorFile::parse(vectorFile(sampleContent())).value()));
}

EngineAbilities like(const RecordedEngine& engine) { return engine.abilities(); }

Outcome ask(RecordedEngine& engine, const Case& c) {
  Outcome o;
  EXPECT_TRUE(engine.run({&c, 1}, {&o, 1}));
  return o;
}

TEST(RecordedEngineTest, AnswersItsOwnCases) {
  RecordedEngine engine = sampleEngine();
  RecordedSource source(engine.file());
  const auto written = sampleVectors();
  CaseSource::Item item;
  for (const RecordedVector& v : written) {
    ASSERT_TRUE(source.next(item));
    const Outcome o = ask(engine, item.c);
    ASSERT_EQ(o.ending, Ending::Exception) << o.why;
    EXPECT_TRUE(same(v.c, o, v.outcome));
  }
  EXPECT_FALSE(source.next(item));
}

TEST(RecordedEngineTest, AnswersNoOtherCase) {
  RecordedEngine engine = sampleEngine();
  for (unsigned what = 0; what < 4; ++what) {
    Case c = sampleVectors()[0].c;
    if (what == 0) c.start.gpr[kRbx] ^= 1;
    if (what == 1) c.pieces[0].bytes[2] ^= 1;
    if (what == 2) c.start.segment[kSegGs].base = 1;
    if (what == 3) c.steps += 1;
    EXPECT_EQ(ask(engine, c).ending, Ending::Unsupported) << what;
  }
}

TEST(RecordedEngineTest, LeavesOutWhatTheOtherProcessorLacks) {
  RecordedEngine engine = sampleEngine();
  EngineAbilities other = like(engine);
  other.features.remove(Feature::Avx2);
  ASSERT_TRUE(engine.facing(other, sampleWitness().signature));
  EXPECT_EQ(ask(engine, sampleVectors()[0].c).ending, Ending::Exception);
  const Outcome o = ask(engine, sampleVectors()[1].c);
  EXPECT_EQ(o.ending, Ending::Unsupported);
  EXPECT_THAT(o.why, HasSubstr("vpermq needs"));
}

// What was invalid on the recorded processor, and is an instruction on the other one.
TEST(RecordedEngineTest, LeavesOutWhatTheRecordedProcessorLacked) {
  RecordedVector v = sampleVector(World::User64, {0xf3, 0x0f, 0xb8, 0xc1}, 0);
  v.outcome.exception = {kExcUD, false, 0};
  RecordedEngine engine(std::make_shared<VectorFile>(
      VectorFile::parse(vectorFile(vectorContent(
                            sampleWitness(), {userState(World::User64), userState(World::User32)}, {&v, 1})))
          .value()));
  EngineAbilities other = like(engine);
  ASSERT_TRUE(engine.facing(other, 0));
  EXPECT_EQ(ask(engine, v.c).ending, Ending::Exception);
  other.features.add(Feature::Popcnt);
  ASSERT_TRUE(engine.facing(other, 0));
  EXPECT_THAT(ask(engine, v.c).why, HasSubstr("popcnt"));
}

TEST(RecordedEngineTest, LeavesOutResultsOfTheProcessorsOwn) {
  RecordedVector v = sampleVector(World::User64, {0xd9, 0xfe}, 2);  // FSIN
  RecordedEngine engine(std::make_shared<VectorFile>(
      VectorFile::parse(vectorFile(vectorContent(
                            sampleWitness(), {userState(World::User64), userState(World::User32)}, {&v, 1})))
          .value()));
  // Features beside the point; another stepping is the same processor, another model is not.
  ASSERT_TRUE(engine.facing(like(engine), sampleWitness().signature ^ 1));
  EXPECT_THAT(ask(engine, v.c).why, "");
  ASSERT_TRUE(engine.facing(like(engine), sampleWitness().signature ^ 0x10));
  EXPECT_THAT(ask(engine, v.c).why, HasSubstr("fsin"));
}

TEST(RecordedEngineTest, RefusesAnotherMakersProcessor) {
  RecordedEngine engine = sampleEngine();
  EngineAbilities other = like(engine);
  other.vendor = CpuVendor::Intel;
  other.processor = "duet interp -cpu Haswell";
  const auto faced = engine.facing(other, 0);
  ASSERT_FALSE(faced);
  EXPECT_THAT(faced.error().message, HasSubstr("-cpu Haswell"));
}

}  // namespace
}  // namespace duet::diff::test
