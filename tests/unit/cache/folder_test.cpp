// Whose folders are used, and what is in them.
#include "cpu-tcg/cache/folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "tests/unit/cache/plans.h"

namespace duet::test {
namespace {

using tcg::cache::entryName;
using tcg::cache::Folder;
namespace fs = std::filesystem;

TEST(CacheFolder, IsMadeForItsUserAlone) {
  const Scratch scratch;
  const std::string path = scratch.path("a/b/c");
  ASSERT_TRUE(Folder::open(path).has_value());
  struct stat s{};
  ASSERT_EQ(stat(path.c_str(), &s), 0);
  EXPECT_EQ(s.st_mode & 0777u, 0700u);
}

TEST(CacheFolder, IsRefusedWhereOthersMayWrite) {
  const Scratch scratch;
  ASSERT_TRUE(Folder::open(scratch.path()).has_value());
  for (const mode_t mode : {0720, 0702, 0777}) {
    ASSERT_EQ(chmod(scratch.path().c_str(), mode), 0);
    const auto folder = Folder::open(scratch.path());
    ASSERT_FALSE(folder.has_value());
    EXPECT_NE(folder.error().message.find("chmod go-w " + scratch.path()), std::string::npos);
  }
  ASSERT_EQ(chmod(scratch.path().c_str(), 0755), 0);
  EXPECT_TRUE(Folder::open(scratch.path()).has_value());
}

TEST(CacheFolder, IsRefusedWhereItBelongsToSomebodyElse) {
  const Scratch scratch;
  ASSERT_TRUE(Folder::open(scratch.path()).has_value());
  // Who is not root cannot give a folder away, but the root folder is another's.
  const std::string path = geteuid() == 0 ? scratch.path() : "/";
  if (geteuid() == 0) {
    ASSERT_EQ(chown(path.c_str(), 1, 1), 0);
  }
  const auto folder = Folder::open(path);
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().message.find("another user"), std::string::npos);
}

TEST(CacheFolder, SaysWhatIsInItsPlace) {
  const Scratch scratch;
  std::ofstream(scratch.path("file")) << "x";
  const auto folder = Folder::open(scratch.path("file"));
  ASSERT_FALSE(folder.has_value());
  EXPECT_NE(folder.error().message.find("Not a directory"), std::string::npos) << folder.error().message;
  EXPECT_FALSE(Folder::open(scratch.path("file/below")).has_value());
}

TEST(CacheFolder, GivesBackWhatWasWritten) {
  const Scratch scratch;
  const auto folder = Folder::open(scratch.path());
  ASSERT_TRUE(folder.has_value());
  const std::string name = entryName(1, 2, 3);
  ASSERT_TRUE(folder->write(name, {1, 2, 3}).has_value());
  ASSERT_TRUE(folder->write(name, {4, 5}).has_value());
  EXPECT_EQ(folder->read(name, 100), (std::vector<u8>{4, 5}));
  EXPECT_FALSE(folder->read(name, 1)) << "larger than asked for";
  EXPECT_EQ(folder->names(), std::vector<std::string>{name});
  EXPECT_FALSE(folder->read(entryName(1, 2, 4), 100));
}

// Neither links nor pipes, which could be anything and would stand still.
TEST(CacheFolder, ReadsPlainFilesAlone) {
  const Scratch scratch;
  const auto folder = Folder::open(scratch.path());
  ASSERT_TRUE(folder.has_value());
  std::ofstream(scratch.path("elsewhere")) << "x";
  fs::create_symlink(scratch.path("elsewhere"), scratch.path() + "/" + entryName(1, 1, 1));
  ASSERT_EQ(mkfifo((scratch.path() + "/" + entryName(2, 2, 2)).c_str(), 0600), 0);
  EXPECT_FALSE(folder->read(entryName(1, 1, 1), 100));
  EXPECT_FALSE(folder->read(entryName(2, 2, 2), 100));
  EXPECT_TRUE(folder->names().empty());
}

TEST(CacheFolder, LetsTheOldestGoAndNothingElse) {
  const Scratch scratch;
  const auto folder = Folder::open(scratch.path());
  ASSERT_TRUE(folder.has_value());
  std::ofstream(scratch.path() + "/notes") << "the user's";
  for (u64 i = 0; i < 4; ++i) {
    const std::string name = entryName(i, 0, 0);
    ASSERT_TRUE(folder->write(name, std::vector<u8>(1000)).has_value());
    const timespec times[2] = {{1000 + static_cast<time_t>(i), 0}, {1000 + static_cast<time_t>(i), 0}};
    ASSERT_EQ(utimensat(AT_FDCWD, (scratch.path() + "/" + name).c_str(), times, 0), 0);
  }
  ASSERT_TRUE(folder->read(entryName(0, 0, 0), 1000)) << "used now";
  EXPECT_EQ(folder->shrink(2500), 2000u);
  EXPECT_TRUE(folder->read(entryName(0, 0, 0), 1000));
  EXPECT_TRUE(folder->read(entryName(3, 0, 0), 1000));
  EXPECT_EQ(folder->names().size(), 2u);
  EXPECT_TRUE(fs::exists(scratch.path() + "/notes"));
}

TEST(CacheFolder, SweepsUpWhatNobodyFinished) {
  const Scratch scratch;
  ASSERT_TRUE(Folder::open(scratch.path()).has_value());
  const std::string old = scratch.path() + "/new-1-1-1", fresh = scratch.path() + "/new-2-1-1";
  std::ofstream(old) << "x";
  std::ofstream(fresh) << "x";
  const timespec times[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(utimensat(AT_FDCWD, old.c_str(), times, 0), 0);
  ASSERT_TRUE(Folder::open(scratch.path()).has_value());
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(fresh)) << "somebody may be writing it";
}

// Writers of one name, and a reader: it sees one of theirs, whole, each time.
TEST(CacheFolder, IsSharedWithoutHalves) {
  const Scratch scratch;
  const auto folder = Folder::open(scratch.path());
  ASSERT_TRUE(folder.has_value());
  const std::string name = entryName(7, 7, 7);
  ASSERT_TRUE(folder->write(name, std::vector<u8>(1)).has_value());
  std::vector<std::thread> writers;
  for (u8 w = 1; w <= 3; ++w)
    writers.emplace_back([&, w] {
      for (int i = 0; i < 200; ++i)
        EXPECT_TRUE(folder->write(name, std::vector<u8>(w * 5000u, w)).has_value());
    });
  for (int i = 0; i < 500; ++i) {
    const auto seen = folder->read(name, 1u << 20);
    ASSERT_TRUE(seen.has_value());
    if (seen->size() == 1) continue;
    EXPECT_EQ(*seen, std::vector<u8>(seen->front() * 5000u, seen->front()));
  }
  for (std::thread& w : writers) w.join();
  EXPECT_EQ(folder->names().size(), 1u);
}

TEST(CacheFolder, KnowsItsNames) {
  u64 head = 0, high = 0, low = 0;
  EXPECT_TRUE(tcg::cache::parseEntryName(entryName(0x123, ~u64{0}, 5), head, high, low));
  EXPECT_EQ(head, 0x123u);
  EXPECT_EQ(high, ~u64{0});
  EXPECT_EQ(low, 5u);
  std::string name = entryName(1, 2, 3);
  for (const char* wrong : {"", "notes", "new-1-1-1", ".", "../../etc/passwd"})
    EXPECT_FALSE(tcg::cache::parseEntryName(wrong, head, high, low)) << wrong;
  name[3] = '+';
  EXPECT_FALSE(tcg::cache::parseEntryName(name, head, high, low));
}

}  // namespace
}  // namespace duet::test
