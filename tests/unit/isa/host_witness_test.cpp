// What the decoder calls an instruction, the processor here executes, at the same length. (The other
// direction would fail on every extension newer than the tables; Capstone is the witness for it.)
#include <cpuid.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string_view>
#include <vector>

#include "tests/unit/isa/decode_helper.h"
#include "tests/unit/isa/host_probe.h"

namespace duet::tcg::isa {
namespace {

constexpr unsigned kRounds = 60'000;

FeatureSet hostFeatures() {
  FeatureSet features = FeatureSet::all();
  enum Register { Eax, Ebx, Ecx, Edx };
#define DUET_KEEP_IF_PRESENT(id, name, leaf, subleaf, reg, bit)   \
  {                                                               \
    unsigned r[4] = {};                                           \
    __get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3]); \
    if (!((r[reg] >> bit) & 1)) features.remove(Feature::id);     \
  }
  DUET_FEATURES(DUET_KEEP_IF_PRESENT)
#undef DUET_KEEP_IF_PRESENT
  return features;
}

// Encodings of the 0F, 0F 38, 0F 3A and VEX maps; the one-byte map is too full of jumps to try out.
std::vector<u8> randomEncoding(std::mt19937_64& random) {
  static constexpr u8 kPrefixes[] = {0x66, 0xf2, 0xf3, 0x48, 0xf0, 0x44, 0x41};
  std::vector<u8> bytes;
  if (random() & 1) {
    const u8 vvvv = (random() & 1) ? 0x78 : 0x70;
    bytes = {0xc4, static_cast<u8>(0xe0 | (1 + random() % 3)), static_cast<u8>((random() & 0x87) | vvvv)};
  } else {
    for (u64 n = random() % 3; n > 0; --n) bytes.push_back(kPrefixes[random() % std::size(kPrefixes)]);
    bytes.push_back(0x0f);
    if (const u64 map = random() % 3; map > 0) bytes.push_back(map == 1 ? 0x38 : 0x3a);
  }
  bytes.push_back(static_cast<u8>(random()));
  bytes.push_back(static_cast<u8>((random() & 0x38) | ((random() & 1) ? 0xc0 : 0) | (random() & 1)));
  bytes.push_back(0x10);
  bytes.resize(15, 0);
  return bytes;
}

Dialect hostDialect() {
  unsigned eax, ebx, ecx, edx;
  __cpuid(0, eax, ebx, ecx, edx);
  return ebx == signature_AMD_ebx ? Dialect::Amd : Dialect::Intel;
}

// What cannot be tried in user mode, or would harm the child.
bool leftOut(const Insn& insn) {
  static constexpr std::string_view kSems[] = {
      "Syscall",  "Sysret", "Sysenter", "Sysexit",   "PopSeg",     "Wrfsbase", "Wrgsbase", "Rdfsbase",
      "Rdgsbase", "Ud",     "Clac",     "Stac",      "Monitor",    "Mwait",    "Rsm",      "Wrpkru",
      "Rdpkru",   "Xsetbv", "Rdpmc",    "Serialize", "LoadFarPtr", "Jcc"};
  return std::ranges::find(kSems, insn.row->semName) != std::end(kSems);
}

struct Shared {
  unsigned compared, failures;
  char report[8192];
};

void compareAll(Shared& shared) {
  HostProbe probe;
  std::mt19937_64 random(3);
  const FeatureSet features = hostFeatures();
  const Dialect dialect = hostDialect();
  size_t used = 0;
  for (unsigned i = 0; i < kRounds; ++i) {
    const std::vector<u8> bytes = randomEncoding(random);
    Insn insn;
    const bool valid = decode(bytes, CodeMode::Bits64, true, features, insn, dialect) == DecodeStatus::Ok;
    if (!valid || leftOut(insn)) continue;
    const HostAnswer answer = probe.ask(bytes);
    ++shared.compared;
    if (!answer.undefined && answer.length == insn.length) continue;
    if (++shared.failures > 40) continue;
    const auto end =
        fmt::format_to_n(shared.report + used, sizeof(shared.report) - used - 1,
                         "{:02x}: {} length {}, the processor: {} {}\n", fmt::join(bytes, " "),
                         insn.row->encoding, insn.length, answer.undefined ? "#UD" : "length", answer.length);
    used = static_cast<size_t>(end.out - shared.report);
  }
}

TEST(HostWitness, TheProcessorExecutesWhatIsDecoded) {
  void* memory = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  Shared& shared = *static_cast<Shared*>(memory);
  const pid_t child = fork();
  if (child == 0) {
    alarm(60);
    compareAll(shared);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child ended with status " << status;
  EXPECT_GT(shared.compared, kRounds / 15);
  EXPECT_EQ(shared.failures, 0u) << shared.report;
  fmt::print("{} encodings compared\n", shared.compared);
}

}  // namespace
}  // namespace duet::tcg::isa
