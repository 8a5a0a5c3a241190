#include "core/state/snapshot.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace duet {
namespace {

Snapshot sample() {
  Snapshot s;
  EXPECT_TRUE(s.add({"pit8254", 3, {1, 2, 3}}));
  EXPECT_TRUE(s.add({"cpu0", 1, {}}));
  return s;
}

TEST(Snapshot, RoundTrip) {
  auto back = Snapshot::decode(sample().encode());
  ASSERT_TRUE(back);
  ASSERT_NE(back->find("pit8254"), nullptr);
  EXPECT_EQ(back->find("pit8254")->version, 3u);
  EXPECT_EQ(back->find("pit8254")->data, (std::vector<u8>{1, 2, 3}));
  EXPECT_EQ(back->find("nobody"), nullptr);
}

TEST(Snapshot, RefusesTwoSectionsOfOneName) {
  Snapshot s = sample();
  EXPECT_FALSE(s.add({"cpu0", 1, {}}));
  EXPECT_FALSE(s.add({std::string(65, 'x'), 1, {}}));
}

TEST(Snapshot, EveryCutIsRefused) {
  const std::vector<u8> good = sample().encode();
  for (size_t cut = 0; cut < good.size(); ++cut)
    EXPECT_FALSE(Snapshot::decode(std::span(good).first(cut))) << "cut at " << cut;
  std::vector<u8> longer = good;
  longer.push_back(0);
  EXPECT_FALSE(Snapshot::decode(longer));
  std::vector<u8> magic = good;
  magic[0] ^= 1;
  EXPECT_FALSE(Snapshot::decode(magic));
}

TEST(Snapshot, DamagedDataFailsItsChecksum) {
  Snapshot s;
  ASSERT_TRUE(s.add({"a", 1, std::vector<u8>(100, 7)}));
  std::vector<u8> bytes = s.encode();
  bytes.back() ^= 0x80;
  auto result = Snapshot::decode(bytes);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().message.find("checksum"), std::string::npos);
}

TEST(Snapshot, HugeLengthsDoNotAllocate) {
  std::vector<u8> bytes = sample().encode();
  for (size_t i = 16; i < bytes.size(); ++i) bytes[i] = 0xff;
  EXPECT_FALSE(Snapshot::decode(bytes));
}

TEST(Snapshot, FileRoundTripAndErrorsNameTheFile) {
  const std::string path = testing::TempDir() + "duet-snapshot-" + std::to_string(::getpid());
  ASSERT_TRUE(sample().writeFile(path));
  EXPECT_TRUE(Snapshot::readFile(path, 1_MiB));
  auto tooLarge = Snapshot::readFile(path, 4);
  ASSERT_FALSE(tooLarge);
  EXPECT_NE(tooLarge.error().message.find(path), std::string::npos);
  ::unlink(path.c_str());
  EXPECT_FALSE(Snapshot::readFile(path, 1_MiB));
  EXPECT_FALSE(sample().writeFile("/nonexistent-folder/x"));
}

}  // namespace
}  // namespace duet
