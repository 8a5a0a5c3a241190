// What is written is read again; what is not such a file is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/diff_vectors/sample.h"
#include "tools/diff/compare/compare.h"

namespace duet::diff::test {
namespace {

using testing::HasSubstr;

std::string refusal(std::span<const u8> file) {
  const auto parsed = VectorFile::parse(file);
  return parsed ? "taken" : parsed.error().message;
}

TEST(VectorFileTest, GivesBackWhatWasWritten) {
  const auto file = VectorFile::parse(vectorFile(sampleContent()));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->witness(), sampleWitness());
  const auto written = sampleVectors();
  ASSERT_EQ(file->size(), written.size());
  for (size_t i = 0; i < written.size(); ++i) {
    const RecordedVector v = file->at(i);
    EXPECT_EQ(v.c.world, written[i].c.world);
    EXPECT_EQ(*v.c.memory, *written[i].c.memory);
    EXPECT_EQ(v.c.pieces, written[i].c.pieces);
    EXPECT_EQ(v.c.start, written[i].c.start);
    EXPECT_EQ(v.c.steps, written[i].c.steps);
    EXPECT_TRUE(same(v.c, v.outcome, written[i].outcome)) << i;
    EXPECT_EQ(v.outcome.writes, written[i].outcome.writes);
  }
}

// A state is told from a background that is not the world's own, and values of every size come back.
TEST(VectorFileTest, EveryValueOfAStateComesBack) {
  RecordedVector v = sampleVectors()[0];
  u8 fill = 1;
  for (const StateField& f : stateFields())
    if (f.user && f.name != "cs" && f.name != "rip")
      for (unsigned i = 0; i < f.size; ++i) f.in(v.c.start)[i] = static_cast<u8>(fill += 29);
  v.outcome.after = v.c.start;
  v.outcome.after.rip += 4;
  std::array<CpuState, 2> backgrounds{userState(World::User64), userState(World::User32)};
  backgrounds[0].gpr.fill(0x0123456789abcdef);
  const auto file = VectorFile::parse(vectorFile(vectorContent(sampleWitness(), backgrounds, {&v, 1})));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->at(0).c.start, v.c.start);
  EXPECT_TRUE(same(v.c, file->at(0).outcome, v.outcome));
}

TEST(VectorFileTest, RefusesWhatIsNoSuchFile) {
  EXPECT_THAT(refusal({}), HasSubstr("no file of recorded vectors"));
  std::vector<u8> file = vectorFile(sampleContent());
  file[0] ^= 1;
  EXPECT_THAT(refusal(file), HasSubstr("no file of recorded vectors"));
}

TEST(VectorFileTest, RefusesAnotherVersion) {
  std::vector<u8> file = vectorFile(sampleContent());
  file[8] = kVectorVersion + 1;
  EXPECT_THAT(refusal(file), HasSubstr(fmt::format("version {}", kVectorVersion + 1)));
}

TEST(VectorFileTest, RefusesWhatIsCutShort) {
  const std::vector<u8> file = vectorFile(sampleContent());
  for (size_t size = 0; size < file.size(); size += 7) {
    const auto said = refusal({file.data(), size});
    EXPECT_NE(said, "taken") << size;
    EXPECT_EQ(said.find('\n'), said.npos);
  }
}

// Of the frame, only its header's unused bits may be anything: the content's checksum is what counts.
TEST(VectorFileTest, ADamagedByteIsSeen) {
  const std::vector<u8> whole = vectorFile(sampleContent());
  for (size_t i = 0; i < whole.size(); ++i) {
    std::vector<u8> file = whole;
    file[i] ^= 0x10;
    const auto parsed = VectorFile::parse(file);
    EXPECT_TRUE(!parsed || (i >= 28 && parsed->witness() == sampleWitness())) << i;
  }
}

// The right checksum over the wrong content: as a hostile file has it.
TEST(VectorFileTest, RefusesContentThatMakesNoSense) {
  const std::vector<u8> content = sampleContent();
  EXPECT_THAT(refusal(vectorFile({content.data(), content.size() - 1})), HasSubstr("makes no sense"));
  std::vector<u8> more = content;
  more.push_back(0);
  EXPECT_THAT(refusal(vectorFile(more)), HasSubstr("the end of the recorded vectors makes no sense"));
  RecordedVector outside = sampleVectors()[0];
  outside.c.pieces[0].address = kData + 0xfff;
  EXPECT_THAT(refusal(vectorFile(vectorContent(
                  sampleWitness(), {userState(World::User64), userState(World::User32)}, {&outside, 1}))),
              HasSubstr("recorded vector 0 makes no sense"));
}

TEST(VectorFileTest, NamesTheFileInItsMessages) {
  const std::string path = testing::TempDir() + "none.vec";
  const auto missing = VectorFile::read(path);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr(path));
  const std::string text = testing::TempDir() + "text.vec";
  std::ofstream(text) << "this is a text file, longer than the head of a vector file";
  const auto wrong = VectorFile::read(text);
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr(text));
}

}  // namespace
}  // namespace duet::diff::test
