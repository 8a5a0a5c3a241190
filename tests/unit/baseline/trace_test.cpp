// -d exec and in_asm on the baseline tier.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/log.h"
#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

// Lines of the log of a run of inc rax; dec rcx; jnz back; hlt.
std::vector<std::string> logOfLoop(const char* items, u64 rounds) {
  const std::string path = fmt::format("{}/duet-trace-{}", testing::TempDir(), getpid());
  EXPECT_TRUE(configureLog(items, path));
  {
    BaselineRig m;
    m.put(kCode, {0x48, 0xff, 0xc0, 0x48, 0xff, 0xc9, 0x75, 0xf8, 0xf4});
    CpuState s = m.longMode();
    s.gpr[kRcx] = rounds;
    m.load(s);
    EXPECT_EQ(m.run().reason, ExitReason::Halt);
    EXPECT_EQ(m.state().gpr[kRax], rounds);
    EXPECT_GE(m.tier->translated(), 2u);
  }
  EXPECT_TRUE(configureLog("", "/dev/null"));  // closes the file
  std::vector<std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  std::filesystem::remove(path);
  return lines;
}

// Each block each time, though compiled code could go from one to the next by itself.
TEST(Trace, ExecShowsEveryBlock) {
  const auto lines = logOfLoop("exec", 50);
  ASSERT_EQ(lines.size(), 51u);
  for (size_t i = 0; i < 50; ++i) EXPECT_EQ(lines[i], "exec: cpu 0 0x0000000000001000 compiled");
  EXPECT_EQ(lines[50], "exec: cpu 0 0x0000000000001008 compiled");
}

TEST(Trace, InAsmListsABlockOnce) {
  const auto lines = logOfLoop("in_asm", 50);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "in_asm: cpu 0, 3 instructions");
  EXPECT_NE(lines[2].find("0x0000000000001003: 48 ff c9"), std::string::npos) << lines[2];
  EXPECT_NE(lines[2].find("dec rcx"), std::string::npos) << lines[2];
  EXPECT_NE(lines[5].find("hlt"), std::string::npos) << lines[5];
}

TEST(Trace, CpuShowsTheStateBeforeEachBlock) {
  const auto lines = logOfLoop("cpu", 2);
  unsigned blocks = 0;
  for (const std::string& line : lines) blocks += line.starts_with("cpu: cpu 0 rip=");
  EXPECT_EQ(blocks, 3u);
  ASSERT_GE(lines.size(), 2u);
  EXPECT_NE(lines[1].find("rcx=0000000000000002"), std::string::npos) << lines[1];
}

}  // namespace
}  // namespace duet::test
