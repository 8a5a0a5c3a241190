// Case files: what is written is read back; damaged ones are refused with what was wrong.
#include "tools/diff/file/case_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/diff/sample.h"

namespace duet::diff::test {
namespace {

using testing::HasSubstr;

Case rich() {
  Case c = sampleCase({0x48, 0x01, 0xd8});
  auto memory = std::make_shared<Memory>(*c.memory);
  memory->pages[1].bytes[5] = 1;
  memory->pages[1].bytes[9] = 2;
  memory->pages[1].bytes[4095] = 3;
  c.memory = memory;
  c.pieces.push_back({kData + 0xfff, {1, 2, 3}});
  c.start.gpr[kRax] = 0x8000000000000000;
  c.start.segment[kSegFs].base = 0x1234;
  c.start.xsave[160] = 0xff;
  c.steps = 17;
  return c;
}

TEST(DiffCaseFile, ReadsWhatItWrites) {
  const Case c = rich();
  const auto back = parseCase(caseText(c, "a \"note\""));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->world, c.world);
  EXPECT_EQ(*back->memory, *c.memory);
  EXPECT_EQ(back->pieces, c.pieces);
  EXPECT_EQ(back->start, c.start);
  EXPECT_EQ(back->steps, 17u);
}

TEST(DiffCaseFile, IsShortForAPlainCase) { EXPECT_LT(caseText(sampleCase({0x90}), "").size(), 1000u); }

// A change to a good file, and a part of the message.
TEST(DiffCaseFile, RefusesDamage) {
  const std::string good = caseText(rich(), "");
  const auto message = [&](std::string_view from, std::string_view to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, text.npos) << from;
    text.replace(at, from.size(), to);
    const auto c = parseCase(text);
    return c ? std::string("accepted") : c.error().message;
  };
  EXPECT_THAT(message("duet-diff case 1", "duet-diff case 2"), HasSubstr("\"format\""));
  EXPECT_THAT(message("user64", "user65"), HasSubstr("\"world\" has no value \"user65\""));
  EXPECT_THAT(message("\"steps\": 17", "\"steps\": 0"), HasSubstr("\"steps\""));
  EXPECT_THAT(message("\"steps\": 17", "\"steps\": -1"), HasSubstr("\"steps\""));
  EXPECT_THAT(message("\"20000000\"", "\"20000001\""), HasSubstr("multiple of 1000"));
  EXPECT_THAT(message("\"20000000\"", "\"30001000\""), HasSubstr("does not come after"));
  EXPECT_THAT(message("\"rx\"", "\"w\""), HasSubstr("\"access\" has no value \"w\""));
  EXPECT_THAT(message("\"fill\": \"cc\"", "\"fill\": \"1cc\""), HasSubstr("no byte"));
  EXPECT_THAT(message("\"hex\": \"4801d8\"", "\"hex\": \"4801d\""), HasSubstr("two digits a byte"));
  EXPECT_THAT(message("\"hex\": \"4801d8\"", "\"hex\": \"48x1d8\""), HasSubstr("holds \"x1\""));
  EXPECT_THAT(message("\"at\": \"20000000\"", "\"at\": \"20001000\""), HasSubstr("where no page is"));
  EXPECT_THAT(message("\"rax\"", "\"ray\""), HasSubstr("no value \"ray\""));
  EXPECT_THAT(message("\"1234\"", "\"12345678123456789\""), HasSubstr("1 to 16"));
  EXPECT_THAT(message("\"memory\"", "\"remember\""), HasSubstr("\"memory\""));
  EXPECT_THAT(message("{", "["), HasSubstr("no JSON"));
  EXPECT_THAT(readCase("/no/such/file").error().message, HasSubstr("/no/such/file: No such file"));
}

// Cut off anywhere, it is refused, not misread.
TEST(DiffCaseFile, RefusesEveryBeginning) {
  const std::string good = caseText(rich(), "");
  for (size_t length = 0; length + 2 < good.size(); length += 7)
    EXPECT_FALSE(parseCase(good.substr(0, length)));
}

}  // namespace
}  // namespace duet::diff::test
