// Damaged kernels: every field mutated, every truncation. Each gives a kernel that loads within its RAM or one
// line that names the file; nothing is written on errors.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "tests/unit/firmware/fake_memory.h"
#include "tests/unit/firmware/sample_config.h"
#include "tests/unit/firmware/sample_kernels.h"

namespace duet::firmware {
namespace {

using namespace test;

struct Tally {
  unsigned loaded = 0, refused = 0;
};

void tryKernel(const FileBytes& kernel, Tally& tally) {
  const MemoryLayout layout = sampleLayout(32_MiB);
  const auto check = [&](const std::string& message) {
    ++tally.refused;
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_NE(message.find(kernel.path), std::string::npos) << message;
    EXPECT_LT(message.size(), 300u) << message;
  };
  const auto format = kernelFormat(kernel);
  if (!format) return check(format.error().message);
  const auto result = prepareKernel(*format, {kernel, "console=ttyS0", {}}, layout);
  if (!result) return check(result.error().message);
  ++tally.loaded;
  FakeMemory memory(layout);  // refuses what is no RAM
  const auto done = result->plan.commit(memory);
  EXPECT_TRUE(done) << done.error().message;
  EXPECT_LE(memory.written(), 40_MiB);
}

void mutate(const FileBytes& original, size_t interesting) {
  Tally tally;
  for (size_t at = 0; at < std::min(interesting, original.bytes.size()); ++at) {
    for (const u8 value : std::array<u8, 5>{0x00, 0x01, 0x7f, 0x80, 0xff}) {
      FileBytes f = original;
      f.bytes[at] = value;
      tryKernel(f, tally);
    }
    if (at % 4 != 0 || at + 8 > original.bytes.size()) continue;
    for (const u64 value : {u64{0}, ~u64{0}, u64{0x7fffffff}, u64{0x80000000}, u64{0xfffffffffffff000}}) {
      FileBytes f = original;
      setField<u64>(std::span(f.bytes), at, value);
      tryKernel(f, tally);
      f = original;
      setField<u32>(std::span(f.bytes), at, static_cast<u32>(value));
      tryKernel(f, tally);
    }
  }
  for (size_t size = 0; size < original.bytes.size(); size += size < 1200 ? 1 : 97) {
    FileBytes f = original;
    f.bytes.resize(size);
    tryKernel(f, tally);
  }
  EXPECT_GT(tally.loaded, 0u);
  EXPECT_GT(tally.refused, 0u);
}

TEST(HostileKernel, Linux64) { mutate(bzImage({.initSize = 0x2000}), 0x270); }
TEST(HostileKernel, LinuxRealMode) { mutate(bzImage({.version = 0x202}), 0x270); }
TEST(HostileKernel, Elf64) { mutate(elf({.pvhEntry = 0x200040}), 0x220); }
TEST(HostileKernel, Elf32) { mutate(elf({.wide = false, .pvhEntry = 0x200040}), 0x220); }
TEST(HostileKernel, MultibootElf) { mutate(elf({.wide = false, .multibootFlags = 3}), 0x220); }
TEST(HostileKernel, MultibootFlat) { mutate(flatMultiboot(), 0x80); }

class HostileFile : public testing::Test {
 protected:
  HostileFile() {
    char name[] = "/tmp/duet-kernel-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~HostileFile() override { std::filesystem::remove_all(folder_); }
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string save(const FileBytes& f) const {
    std::ofstream(path(f.path), std::ios::binary)
        .write(reinterpret_cast<const char*>(f.bytes.data()), static_cast<std::streamsize>(f.bytes.size()));
    return path(f.path);
  }
  static std::string error(const std::string& kernel, const std::string& initrd = {}) {
    FakeMemory memory(sampleLayout());
    const auto result = loadKernel({kernel, "", initrd}, sampleLayout(), memory);
    if (result) return "";
    EXPECT_EQ(memory.written(), 0u);
    EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
    return result.error().message;
  }
  std::filesystem::path folder_;
};

TEST_F(HostileFile, GoodFilesLoad) {
  EXPECT_EQ(error(save(bzImage())), "");
  EXPECT_EQ(error(save(elf())), "");
  EXPECT_EQ(error(save(bzImage()), save({"initrd", std::vector<u8>(5000)})), "");
  const std::string a = save({"a", std::vector<u8>(50)}), b = save({"b", {}});
  EXPECT_EQ(error(save(flatMultiboot()), a + " arg," + b), "");
}

TEST_F(HostileFile, MissingUnreadableDirectoriesAndFifos) {
  EXPECT_NE(error(path("absent")).find("No such file"), std::string::npos);
  EXPECT_NE(error(folder_).find("directory"), std::string::npos);
  ASSERT_EQ(mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_NE(error(path("fifo")).find("regular file"), std::string::npos);
  EXPECT_NE(error("/dev/null").find("regular file"), std::string::npos);
  const std::string kernel = save(bzImage());
  EXPECT_NE(error(kernel, path("absent")).find("initrd"), std::string::npos);
  EXPECT_NE(error(kernel, folder_).find("initrd"), std::string::npos);
  const std::string locked = save({"locked", std::vector<u8>(10)});
  chmod(locked.c_str(), 0);
  if (geteuid() != 0) {
    EXPECT_NE(error(locked).find("Permission denied"), std::string::npos);
  }
}

}  // namespace
}  // namespace duet::firmware
