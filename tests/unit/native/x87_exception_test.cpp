// Unmasked x87 exceptions: registers, status word with ES and B, and memory are the processor's after the
// instruction, and #MF is reported before the next one.
#include <string>

#include "core/cpu/registers.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

using namespace isa;

struct Outcome {
  unsigned pending = 0, summary = 0, suppressed = 0;
};

void unmask(FullState& state, Random& random) {
  const u16 control = static_cast<u16>(0x40 | (random() & 0x0f3f)), status = random() & 0x7f7f & ~0x80;
  // Mostly without a pending exception.
  const u16 flags = static_cast<u16>(status & (random() % 8 ? ~0x3f | control : 0xffff));
  std::memcpy(state.xsave, &control, 2);
  std::memcpy(state.xsave + 2, &flags, 2);
}

void compareOnce(Guest& guest, const Row& row, Random& random, bool memory, Outcome& seen) {
  FullState before, host;
  alignas(16) u8 hostMemory[16], stubMemory[16];
  fillRandom(before, random);
  unmask(before, random);
  for (unsigned at = 0; at < 16; at += 8) {
    const u64 v = edgeValue(random);
    std::memcpy(hostMemory + at, &v, 8);
  }
  std::memcpy(stubMemory, hostMemory, 16);
  before.gpr[kMemoryBase] = reinterpret_cast<u64>(hostMemory) - kMemoryDisp;
  const std::vector<u8> bytes = makeEncoding(row, random, memory);
  const Insn insn = guest.decode(bytes);
  host = before;
  x87Release(guest.state);
  std::memcpy(guest.gpr, before.gpr, sizeof guest.gpr);
  std::memcpy(guest.xsave, before.xsave, sizeof guest.xsave);
  guest.state.flags = static_cast<u32>(before.flags) & kFlagsArithmetic;

  const HostOutcome outcome = runOnHost(bytes, host);
  const NativeResult result = guest.run(insn, stubMemory);
  x87Release(guest.state);
  ASSERT_EQ(result == NativeResult::X87Pending, outcome == HostOutcome::SimdException);
  if (result == NativeResult::X87Pending) return void(++seen.pending);
  u16 hostStatus;
  std::memcpy(&hostStatus, host.xsave + 2, 2);
  EXPECT_EQ(statusWord(guest.state), hostStatus) << std::hex << "FCW " << controlWord(guest.state);
  EXPECT_EQ(pendingMf(guest.state), (hostStatus & 0x80) != 0);
  EXPECT_EQ(std::memcmp(guest.xsave, host.xsave, 5), 0) << "FCW, FSW, FTW";
  for (unsigned i = 0; i < 8; ++i) {
    EXPECT_EQ(std::memcmp(guest.xsave + kXsSt0 + 16 * i, host.xsave + kXsSt0 + 16 * i, 10), 0) << "ST" << i;
  }
  EXPECT_EQ(std::memcmp(stubMemory, hostMemory, 16), 0);
  EXPECT_EQ(guest.state.flags, host.flags & kFlagsArithmetic);
  seen.summary += (hostStatus & 0x80) != 0;
  if (result == NativeResult::StoreSuppressed) {
    ++seen.suppressed;
    const bool untouched = std::memcmp(guest.xsave + 2, before.xsave + 2, 1) != 0 && memory;
    EXPECT_TRUE(untouched);
  }
}

TEST(X87Exception, MatchesTheProcessorOnEveryRow) {
  Random random(5);
  Guest guest;
  Outcome seen;
  for (const Row& row : allRows()) {
    if (!row.has(kAttrFpu) || std::string_view(row.semName) != "Native") continue;
    if (row.has(kAttrNoWait)) continue;  // FNENI, FNDISI, FNSETPM do nothing
    const bool memory = row.modrm == ModrmRule::Memory;
    SCOPED_TRACE(std::string(row.encoding) + " " + row.mnemonic + " " + row.operandText);
    for (unsigned round = 0; round < 60 && !testing::Test::HasFailure(); ++round) {
      compareOnce(guest, row, random, memory, seen);
    }
  }
  EXPECT_GT(seen.pending, 100u);
  EXPECT_GT(seen.summary, 500u);
  EXPECT_GT(seen.suppressed, 50u);
}

// A store whose operand was a bounce buffer: the result says that it must not be written back.
TEST(X87Exception, SuppressedStoreIsReported) {
  Guest guest;
  setControlWord(guest.state, 0x037e);  // invalid operation unmasked
  u8 memory[8] = {1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(guest.run({0xdb, 0x1b}, memory),
            NativeResult::StoreSuppressed);  // FISTP m32 of an empty register
  EXPECT_EQ(memory[0], 1);
  EXPECT_TRUE(pendingMf(guest.state));
  EXPECT_EQ(guest.run({0xd9, 0xe8}), NativeResult::X87Pending);  // FLD1 waits
  clearExceptions(guest.state);
  EXPECT_EQ(guest.run({0xd9, 0xe8}), NativeResult::Ok);
  EXPECT_EQ(guest.st(0), 1.0L);
}

TEST(X87Exception, MmxInstructionsWaitToo) {
  Guest guest;
  setControlWord(guest.state, 0x037e);
  u8 memory[8] = {};
  guest.run({0xdb, 0x1b}, memory);
  EXPECT_EQ(guest.run({0x0f, 0x6f, 0xc1}), NativeResult::X87Pending);  // MOVQ mm0, mm1
}

// FLDCW that unmasks a flag already set makes it pending; one that masks it again withdraws it.
TEST(X87Exception, ControlWordDecidesTheSummary) {
  for (bool resident : {false, true}) {
    Guest guest;
    u8 zero[4] = {}, one[4] = {0, 0, 0x80, 0x3f};
    guest.run({0xd9, 0x03}, one);   // FLD m32
    guest.run({0xd8, 0x33}, zero);  // FDIV m32: zero divide, masked
    if (!resident) x87Release(guest.state);
    EXPECT_EQ(statusWord(guest.state) & 0x8084, 0x0004);
    setControlWord(guest.state, 0x037b);
    EXPECT_EQ(statusWord(guest.state) & 0x8084, 0x8084);
    EXPECT_TRUE(pendingMf(guest.state));
    setControlWord(guest.state, 0x037f);
    EXPECT_EQ(statusWord(guest.state) & 0x8084, 0x0004);
  }
}

}  // namespace
}  // namespace duet::tcg::test
