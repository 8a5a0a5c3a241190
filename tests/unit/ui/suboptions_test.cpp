#include "ui/app/suboptions.h"

#include <gtest/gtest.h>

#include <array>

namespace duet::ui {
namespace {

TEST(Suboptions, HeadPairsAndDoubledCommas) {
  auto parsed = parseSuboptions("-x", "file:a,,b,key=1,flag");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->head, "file:a,b");
  EXPECT_EQ(parsed->pairs.at("key"), "1");
  EXPECT_EQ(parsed->pairs.at("flag"), "on");
}

TEST(Suboptions, RefusesTwiceAndEmptyNames) {
  EXPECT_FALSE(parseSuboptions("-x", "a,k=1,k=2"));
  EXPECT_FALSE(parseSuboptions("-x", "a,=2"));
}

TEST(Suboptions, UnknownKeyNamesTheNearest) {
  auto parsed = parseSuboptions("-smp", "4,corse=2");
  const std::array<std::string_view, 2> known = {"cores", "threads"};
  auto ok = checkKeys("-smp", *parsed, known);
  ASSERT_FALSE(ok);
  EXPECT_NE(ok.error().message.find("'cores'"), std::string::npos);
}

TEST(Sizes, SuffixesAndDefaultUnit) {
  EXPECT_EQ(*parseSize("-m", "2", 1_MiB), 2_MiB);
  EXPECT_EQ(*parseSize("-m", "2G", 1_MiB), 2_GiB);
  EXPECT_EQ(*parseSize("-m", "512k", 1_MiB), 512_KiB);
  EXPECT_EQ(*parseSize("-m", "7B", 1_MiB), 7u);
  for (const char* bad : {"", "G", "-1", "1.5G", "1GG", "0x10", " 1", "99999999999999999999", "99999999P"})
    EXPECT_FALSE(parseSize("-m", bad, 1_MiB)) << bad;
}

TEST(Numbers, DecimalHexAndRange) {
  EXPECT_EQ(*parseNumber("-x", "0xf4", 0, 255), 0xf4u);
  EXPECT_EQ(*parseNumber("-x", "255", 0, 255), 255u);
  for (const char* bad : {"256", "", "0x", "12a", "-1"}) EXPECT_FALSE(parseNumber("-x", bad, 0, 255)) << bad;
}

}  // namespace
}  // namespace duet::ui
