// Every row that stubs carry out: the stub against the guest's own bytes on the host, whole state.
#include "core/cpu/cpu_model.h"
#include "core/cpu/registers.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

using namespace isa;

constexpr unsigned kRounds = 24;
constexpr u64 kSeed = 20240501;

bool isNative(const Row& row) { return std::string_view(row.semName) == "Native" && !row.has(kAttrI64); }

std::string hex(std::span<const u8> bytes) {
  std::string text;
  for (u8 b : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x ", b);
    text += digits;
  }
  return text;
}

// What the two runs have in common and can differ in.
struct Run {
  FullState before, host;
  alignas(64) u8 memoryBefore[64], hostMemory[64], stubMemory[64];
};

void loadGuest(Guest& guest, const FullState& from) {
  x87Release(guest.state);
  std::memcpy(guest.gpr, from.gpr, sizeof guest.gpr);
  std::memcpy(guest.xsave, from.xsave, sizeof guest.xsave);
  guest.state.flags = static_cast<u32>(from.flags) & kFlagsArithmetic;
}

// Bytes of the area that must agree; the x87 pointers are the caller's business.
void expectSameState(const Run& run, Guest& guest, const Row& row) {
  x87Release(guest.state);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(guest.gpr[i], run.host.gpr[i]) << "gpr " << i;
  const u32 ours = guest.state.flags, theirs = static_cast<u32>(run.host.flags) & kFlagsArithmetic;
  EXPECT_EQ(ours, theirs) << "flags";
  const auto compare = [&](const char* what, unsigned from, unsigned size) {
    EXPECT_EQ(std::memcmp(guest.xsave + from, run.host.xsave + from, size), 0)
        << what << "\n stub " << hex({guest.xsave + from, size}) << "\n host "
        << hex({run.host.xsave + from, size}) << "\n was  " << hex({run.before.xsave + from, size});
  };
  compare("FCW", kXsFcw, 2);
  compare("FSW", kXsFsw, 2);
  compare("FTW", kXsFtw, 1);
  compare("MXCSR", kXsMxcsr, 4);
  for (unsigned i = 0; i < 8; ++i) compare("ST", kXsSt0 + 16 * i, 10);
  for (unsigned i = 0; i < 16; ++i) compare("XMM", kXsXmm0 + 16 * i, 16);
  for (unsigned i = 0; i < 16; ++i) compare("YMM high", kXsYmmHigh + 16 * i, 16);
  EXPECT_EQ(std::memcmp(run.stubMemory, run.hostMemory, 64), 0)
      << row.mnemonic << " memory\n stub " << hex(run.stubMemory) << "\n host " << hex(run.hostMemory);
}

void prepare(Run& run, Random& random) {
  run.before = FullState();
  fillRandom(run.before, random);
  for (unsigned at = 0; at < 64; at += 8) {
    const u64 v = edgeValue(random);
    std::memcpy(run.memoryBefore + at, &v, 8);
  }
  if (random() % 2) {  // lengths for PCMPESTRx
    run.before.gpr[0] = random() % 20;
    run.before.gpr[2] = ~(random() % 20) + 1;
  }
  std::memcpy(run.hostMemory, run.memoryBefore, 64);
  std::memcpy(run.stubMemory, run.memoryBefore, 64);
  run.before.gpr[kMemoryBase] = reinterpret_cast<u64>(run.hostMemory) - kMemoryDisp;
}

int failures() { return testing::UnitTest::GetInstance()->current_test_info()->result()->total_part_count(); }

void checkRow(const Row& row, bool memory, Random& random) {
  static Guest guest;
  const int before = failures();
  for (unsigned round = 0; round < kRounds; ++round) {
    const std::vector<u8> bytes = makeEncoding(row, random, memory);
    SCOPED_TRACE(std::string(row.encoding) + " " + row.mnemonic + " " + row.operandText + ": " + hex(bytes));
    Run run;
    prepare(run, random);
    run.host = run.before;
    const Insn insn = guest.decode(bytes);
    ASSERT_NE(insn.row, nullptr);
    ASSERT_EQ(insn.row->index, row.index) << insn.row->encoding << ' ' << insn.row->mnemonic;
    ASSERT_TRUE(hostExecutes(bytes, run.before));
    std::memcpy(run.hostMemory, run.memoryBefore, 64);
    ASSERT_EQ(runOnHost(bytes, run.host), HostOutcome::Done);
    loadGuest(guest, run.before);
    ASSERT_EQ(guest.run(insn, run.stubMemory), NativeResult::Ok);
    expectSameState(run, guest, row);
    if (failures() != before) return;
  }
}

// Registers and memory forms; a broken row fails by name and the others go on.
void checkRows(bool (*wanted)(const Row&)) {
  const FeatureSet host = hostFeatures();
  Random random(kSeed);
  unsigned tested = 0, failed = 0;
  for (const Row& row : allRows()) {
    if (!isNative(row) || !wanted(row) || !host.has(row.feature)) continue;
    if (row.has(kAttrAvx) && !host.has(Feature::Avx)) continue;
    ++tested;
    for (bool memory : {false, true}) {
      if (memory && (row.modrm == ModrmRule::Register || row.modrm == ModrmRule::Absent)) continue;
      if (!memory && row.modrm == ModrmRule::Memory) continue;
      const int before = failures();
      checkRow(row, memory, random);
      if (failures() != before && ++failed > 40) return;
    }
  }
  EXPECT_GT(tested, 5u);
}

bool isX87(const Row& r) { return r.has(kAttrFpu); }
bool isMmx(const Row& r) { return r.has(kAttrMmx); }
bool isSse(const Row& r) { return r.has(kAttrSse) && !r.has(kAttrMmx); }
bool isAvx(const Row& r) { return r.has(kAttrAvx); }
bool isInteger(const Row& r) {
  return !r.has(kAttrFpu) && !r.has(kAttrMmx) && !r.has(kAttrSse) && !r.has(kAttrAvx);
}

TEST(NativeAllRows, X87) { checkRows(isX87); }
TEST(NativeAllRows, Mmx) { checkRows(isMmx); }
TEST(NativeAllRows, Sse) { checkRows(isSse); }
TEST(NativeAllRows, Avx) { checkRows(isAvx); }
TEST(NativeAllRows, GeneralRegisters) { checkRows(isInteger); }

}  // namespace
}  // namespace duet::tcg::test
