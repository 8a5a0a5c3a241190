// Nothing that code does harms the engine, its process's parent, or the next case.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "tests/unit/diff_host/host.h"

namespace duet::diff::test {
namespace {

void expectAlive() { EXPECT_EQ(say(run64({0x90})), ranThrough(1)); }

TEST(HostSandbox, EndlessLoopEnds) {
  EXPECT_EQ(say(run64({0xeb, 0xfe})), "endless");
  EXPECT_EQ(say(run32({0xe2, 0xfe})), "endless");  // loop: 4 G rounds
  expectAlive();
}

TEST(HostSandbox, EndlessWriterIsUndone) {
  // inc dword [rbx]; jmp back
  EXPECT_EQ(say(run64({0xff, 0x03, 0xeb, 0xfc}, [](Case& c) { c.start.gpr[kRbx] = kData; })), "endless");
  const Outcome o = run64({0x8b, 0x03}, [](Case& c) { c.start.gpr[kRbx] = kData; });
  EXPECT_EQ(o.after.gpr[kRax], 0x03020100u);
}

// A folder for a file that must not appear.
struct Bait {
  Bait() {
    char name[] = "/tmp/duet-host-XXXXXX";
    folder = mkdtemp(name);
    file = folder + "/escaped";
  }
  ~Bait() { std::filesystem::remove_all(folder); }
  std::string folder, file;
};

Case createFile(const Bytes& code, World world, u64 number, const Bait& bait) {
  return makeCase(world, code, [&](Case& c) {
    const bool wide = world == World::User64;
    c.start.gpr[kRax] = number;
    c.start.gpr[wide ? kRdi : kRbx] = kData;
    c.start.gpr[wide ? kRsi : kRcx] = O_CREAT | O_WRONLY;
    c.start.gpr[kRdx] = 0600;
    Bytes name(bait.file.begin(), bait.file.end());
    name.push_back(0);
    c.pieces.push_back({kData, name});
  });
}

TEST(HostSandbox, NoSystemCallGetsOut) {
  const Bait bait;
  const Bytes kSyscall{0x0f, 0x05}, kInt80{0xcd, 0x80}, kSysenter{0x0f, 0x34};
  constexpr u64 kOpen32 = 5;  // of 32-bit Linux
  EXPECT_EQ(say(run(createFile(kSyscall, World::User64, SYS_open, bait))), "not run: it makes a system call");
  EXPECT_EQ(say(run(createFile(kInt80, World::User64, kOpen32, bait))), "not run: it makes a system call");
  EXPECT_EQ(say(run(createFile(kInt80, World::User32, kOpen32, bait))), "not run: it makes a system call");
  // What these are depends on the processor's maker and mode: #UD or the same.
  run(createFile(kSyscall, World::User32, kOpen32, bait));
  run(createFile(kSysenter, World::User32, kOpen32, bait));
  run(createFile(kSysenter, World::User64, kOpen32, bait));
  EXPECT_FALSE(std::filesystem::exists(bait.file));
  // The same call would have made the file.
  const int fd = static_cast<int>(syscall(SYS_open, bait.file.c_str(), O_CREAT | O_WRONLY, 0600));
  EXPECT_GE(fd, 0);
  close(fd);
  EXPECT_TRUE(std::filesystem::exists(bait.file));
  expectAlive();
}

TEST(HostSandbox, NorDoThoseThatTheChildMakesItself) {
  for (const u64 number : {SYS_exit_group, SYS_munmap, SYS_mmap, SYS_write, SYS_rt_sigreturn, SYS_getppid}) {
    const Outcome o = run64({0x0f, 0x05}, [&](Case& c) {
      c.start.gpr[kRax] = number;
      c.start.gpr[kRdi] = kData;
      c.start.gpr[kRsi] = 0x1000;
    });
    EXPECT_EQ(say(o), "not run: it makes a system call") << number;
  }
  expectAlive();
}

TEST(HostSandbox, SurvivesALostStack) {
  // xor esp, esp; push rax: below 0
  EXPECT_EQ(say(run64({0x31, 0xe4, 0x50})), "#PF(6) at 10000002, CR2 fffffffffffffff8");
  // mov rsp, a non-canonical address; push
  EXPECT_EQ(say(run64({0x48, 0x89, 0xc4, 0x50}, [](Case& c) { c.start.gpr[kRax] = u64{1} << 63; })),
            "#SS(0) at 10000003");
  expectAlive();
}

TEST(HostSandbox, SurvivesDamagedSegmentsAndBases) {
  // wrfsbase rax; wrgsbase rax; mov ds, ecx; mov es, ecx; mov ss, edx
  const Bytes code{0xf3, 0x48, 0x0f, 0xae, 0xd0, 0xf3, 0x48, 0x0f,
                   0xae, 0xd8, 0x8e, 0xd9, 0x8e, 0xc1, 0x8e, 0xd2};
  const Outcome o = run64(code, [](Case& c) {
    c.start.gpr[kRax] = 0x1234567;
    c.start.gpr[kRdx] = kTlsLow;
  });
  EXPECT_EQ(say(o), ranThrough(code.size()));
  EXPECT_EQ(o.after.segment[kSegFs].base, 0x1234567u);
  EXPECT_EQ(o.after.segment[kSegGs].base, 0x1234567u);
  EXPECT_EQ(o.after.segment[kSegSs], userSegment(kTlsLow));
  expectAlive();
}

TEST(HostSandbox, RefusesStartsThatTheProcessorRefuses) {
  const std::string refused =
      "not run: the processor does not take this start state from IRET, XRSTOR or MOV to a segment";
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.start.segment[kSegSs].selector = 0; })), refused);
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.start.segment[kSegDs].selector = 0x18; })), refused);
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.start.segment[kSegFs].base = u64{1} << 63; })), refused);
  EXPECT_EQ(say(run64({0x90}, [](Case& c) { c.start.xsave[512] = 2, c.start.xsave[27] = 0x80; })), refused);
  EXPECT_EQ(say(run64({}, [](Case& c) { c.start.rip = u64{1} << 63; })),
            "not run: it begins at a non-canonical address");
  Case system = makeCase(World::User64, {0x90});
  system.world = World::System;
  EXPECT_EQ(say(run(system)), "not run: the host's processor runs user code only");
  expectAlive();
}

// The engine's process: the only child of this one.
pid_t childProcess() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(entry.path() / "stat");
    std::string text;
    std::getline(file, text, ')');
    std::string state;
    pid_t parent = 0;
    if (file >> state >> parent && parent == getpid()) return std::stoi(entry.path().filename());
  }
  return 0;
}

TEST(HostSandbox, ReplacesAKilledProcess) {
  expectAlive();
  const pid_t first = childProcess();
  ASSERT_GT(first, 0);
  kill(first, SIGKILL);
  expectAlive();
  EXPECT_NE(childProcess(), first);
}

// Writable memory of the process above 4 GiB, which is its own: {low, high}.
std::vector<std::pair<u64, u64>> ownMemory(pid_t pid) {
  std::vector<std::pair<u64, u64>> ranges;
  std::ifstream maps(fmt::format("/proc/{}/maps", pid));
  for (std::string line; std::getline(maps, line);) {
    u64 low = 0, high = 0;
    char access[5] = {};
    if (sscanf(line.c_str(), "%lx-%lx %4s", &low, &high, access) == 3 && access[1] == 'w' && low >= 4_GiB)
      ranges.emplace_back(low, high);
  }
  return ranges;
}

TEST(HostSandbox, SurvivesCodeThatFindsItsProcess) {
  expectAlive();
  const auto ranges = ownMemory(childProcess());
  ASSERT_EQ(ranges.size(), 2u);  // stack, shared memory
  for (const auto& [low, high] : ranges) {
    // rep stosb over all of it
    const Outcome o = run64({0xf3, 0xaa}, [&](Case& c) {
      c.start.gpr[kRdi] = low;
      c.start.gpr[kRcx] = high - low;
      c.start.gpr[kRax] = 0xff;
    });
    // We find the memory damaged, or, when we look too late, what the process has written there since.
    EXPECT_THAT(say(o),
                testing::AnyOf(testing::StartsWith("not run: "), fmt::format("#BP at {:x}", kCode + 2)))
        << std::hex << low;
    expectAlive();
  }
}

TEST(HostSandbox, TenThousandRandomCasesDoNotEndIt) {
  std::mt19937_64 random(20260805);
  std::vector<Case> cases;
  for (unsigned i = 0; i < 10'000; ++i) {
    Bytes code(16);
    for (u8& b : code) b = static_cast<u8>(random());
    cases.push_back(makeCase(i % 2 ? World::User32 : World::User64, code, [&](Case& c) {
      for (u64& g : c.start.gpr) g = random() % 4 ? kData + random() % 0x2000 : random() >> random() % 64;
      if (i % 2)
        for (u64& g : c.start.gpr) g &= 0xffffffff;
      c.start.rflags |= random() & kUserFlags & ~kFlagTf;
    }));
  }
  std::vector<Outcome> first(cases.size()), second(cases.size());
  ASSERT_TRUE(host().run(cases, first));
  ASSERT_TRUE(host().run(cases, second));
  size_t exceptions = 0, differ = 0;
  for (size_t i = 0; i < cases.size(); ++i) {
    exceptions += first[i].ending == Ending::Exception;
    differ += say(first[i]) != say(second[i]);
  }
  EXPECT_GT(exceptions, 9'000u);
  EXPECT_LT(differ, 10u);  // some read the clock
  expectAlive();
}

}  // namespace
}  // namespace duet::diff::test
