// Element-wise memory instructions against the processor, and their behaviour at a fault.
#include <csetjmp>
#include <string>

#include "core/cpu/cpu_model.h"
#include "cpu-tcg/native/masked.h"
#include "tests/unit/native/encoding_maker.h"
#include "tests/unit/native/guest.h"

namespace duet::tcg::test {
namespace {

using namespace isa;

constexpr unsigned kRounds = 100;

u64 readAt(const u8* at, unsigned size) {
  u64 v = 0;
  std::memcpy(&v, at, size);
  return v;
}

struct Pair {
  Guest guest;
  FullState before, host;
  alignas(64) u8 ours[256], theirs[256];

  explicit Pair(Random& random) {
    fillRandom(before, random);
    before.flags = 2;
    for (unsigned i = 0; i < 256; i += 8) {
      const u64 v = random();
      std::memcpy(ours + i, &v, 8);
    }
    std::memcpy(theirs, ours, sizeof ours);
    before.gpr[kMemoryBase] = reinterpret_cast<u64>(theirs) - kMemoryDisp;
  }
  void start() {
    host = before;
    std::memcpy(guest.gpr, before.gpr, sizeof guest.gpr);
    std::memcpy(guest.xsave, before.xsave, sizeof guest.xsave);
  }
  void compare() {
    x87Release(guest.state);
    EXPECT_EQ(std::memcmp(guest.xsave + kXsXmm0, host.xsave + kXsXmm0, 256), 0);
    EXPECT_EQ(std::memcmp(guest.xsave + kXsYmmHigh, host.xsave + kXsYmmHigh, 256), 0);
    EXPECT_EQ(std::memcmp(guest.xsave, host.xsave, 5), 0) << "x87 status and tags";
    EXPECT_EQ(std::memcmp(ours, theirs, sizeof ours), 0);
  }
};

template <class Test>
void forRows(const char* sem, Test&& test) {
  const FeatureSet features = hostFeatures();
  unsigned tested = 0;
  for (const Row& row : allRows()) {
    if (std::string_view(row.semName) != sem || !features.has(row.feature)) continue;
    SCOPED_TRACE(std::string(row.encoding) + " " + row.mnemonic);
    ++tested;
    test(row);
  }
  EXPECT_GT(tested, 0u);
}

TEST(Masked, Loads) {
  Random random(1);
  forRows("VMaskLoad", [&](const Row& row) {
    for (unsigned round = 0; round < kRounds; ++round) {
      Pair p(random);
      const std::vector<u8> bytes = makeEncoding(row, random, true);
      p.start();
      ASSERT_EQ(runOnHost(bytes, p.host), HostOutcome::Done);
      maskedLoad(p.guest.state, p.guest.decode(bytes),
                 [&](u32 offset, u32 size) { return readAt(p.ours + offset, size); });
      p.compare();
    }
  });
}

TEST(Masked, Stores) {
  Random random(2);
  forRows("VMaskStore", [&](const Row& row) {
    for (unsigned round = 0; round < kRounds; ++round) {
      Pair p(random);
      const std::vector<u8> bytes = makeEncoding(row, random, true);
      p.start();
      ASSERT_EQ(runOnHost(bytes, p.host), HostOutcome::Done);
      maskedStore(
          p.guest.state, p.guest.decode(bytes), [](u32, u32) {},
          [&](u32 offset, u32 size, u64 value) { std::memcpy(p.ours + offset, &value, size); });
      p.compare();
    }
  });
}

TEST(Masked, ByteStores) {
  Random random(3);
  forRows("Maskmov", [&](const Row& row) {
    for (unsigned round = 0; round < kRounds; ++round) {
      Pair p(random);
      p.before.gpr[7] = reinterpret_cast<u64>(p.theirs);
      const std::vector<u8> bytes = makeEncoding(row, random, false);
      p.start();
      ASSERT_EQ(runOnHost(bytes, p.host), HostOutcome::Done);
      maskedByteStore(
          p.guest.state, p.guest.decode(bytes), [](u32) {}, [&](u32 i, u8 value) { p.ours[i] = value; });
      p.compare();
    }
  });
}

// VSIB forms: [rbx + 20h + index * scale], indices within the buffer.
std::vector<u8> gatherEncoding(const Row& row, Random& random, unsigned& index) {
  const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
  const unsigned destination = pick(5), scale = pick(4), mask = 10 + pick(6);
  index = 5 + pick(5);
  return {0xc4,
          static_cast<u8>(0x80 | (index >> 3 ^ 1) << 6 | 0x20 | 2),
          static_cast<u8>((row.w == 1 ? 0x80 : 0) | (mask ^ 15) << 3 | (row.l == 1 ? 4 : 0) | 1),
          row.opcode,
          static_cast<u8>(0x44 | destination << 3),
          static_cast<u8>(scale << 6 | (index & 7) << 3 | kMemoryBase),
          kMemoryDisp};
}

void setIndices(FullState& state, const Row& row, unsigned index, Random& random) {
  u8 all[32];
  for (unsigned i = 0; i < 32; i += 4) {
    const bool upper = (row.opcode & 1) && i % 8;
    const u32 v = upper ? 0 : static_cast<u32>(random() % 30);
    std::memcpy(all + i, &v, 4);
  }
  std::memcpy(state.xsave + kXsXmm0 + 16 * index, all, 16);
  std::memcpy(state.xsave + kXsYmmHigh + 16 * index, all + 16, 16);
}

TEST(Gather, MatchesTheProcessor) {
  Random random(4);
  forRows("Gather", [&](const Row& row) {
    for (unsigned round = 0; round < kRounds; ++round) {
      Pair p(random);
      unsigned index = 0;
      const std::vector<u8> bytes = gatherEncoding(row, random, index);
      setIndices(p.before, row, index, random);
      p.start();
      ASSERT_EQ(runOnHost(bytes, p.host), HostOutcome::Done);
      const Insn insn = p.guest.decode(bytes);
      gather(p.guest.state, insn,
             [](u64 address, u32 size) { return readAt(reinterpret_cast<const u8*>(address), size); });
      p.compare();
    }
  });
}

TEST(Gather, NegativeIndicesAndAddressSize) {
  Guest guest;
  const std::vector<u8> bytes = {0x67, 0xc4, 0xe2, 0x71,
                                 0x90, 0x04, 0x93};  // vpgatherdd xmm0, [ebx+xmm2*4], xmm1
  guest.gpr[3] = 0xffff00000010;
  guest.setXmm<i32>(2, {-1, 0, -8, 3});
  guest.setXmm<u32>(1, {~0u, ~0u, ~0u, 0});
  std::vector<u64> addresses;
  gather(guest.state, guest.decode(bytes), [&](u64 address, u32) {
    addresses.push_back(address);
    return u64{7};
  });
  EXPECT_EQ(addresses, (std::vector<u64>{0xc, 0x10, 0xfffffff0}));
}

// A fault at the third element: two done, their mask bits clear, the rest to do again.
TEST(Gather, FaultKeepsProgress) {
  static jmp_buf back;
  static Guest guest;
  guest.gpr[3] = 0;
  guest.setXmm<u32>(0, {100, 101, 102, 103, 104, 105, 106, 107});
  guest.setXmm<u32>(2, {0, 1, 2, 3});
  guest.setXmm<u32>(1, {~0u, 0x80000000, ~0u, ~0u, 5, 5, 5, 5});
  const Insn insn = guest.decode(std::vector<u8>{0xc4, 0xe2, 0x71, 0x90, 0x04, 0x93});
  static volatile unsigned loads = 0;
  if (setjmp(back) == 0) {
    gather(guest.state, insn, [](u64 address, u32) -> u64 {
      if (loads == 2) longjmp(back, 1);
      loads = loads + 1;
      return address + 1;
    });
    FAIL() << "the fault did not happen";
  }
  EXPECT_EQ(guest.xmm<u32>(0, 0), 1u);
  EXPECT_EQ(guest.xmm<u32>(0, 1), 5u);
  EXPECT_EQ(guest.xmm<u32>(0, 2), 102u);
  EXPECT_EQ(guest.xmm<u32>(0, 3), 103u);
  EXPECT_EQ(guest.xmm<u32>(1, 0), 0u);
  EXPECT_EQ(guest.xmm<u32>(1, 1), 0u);
  EXPECT_EQ(guest.xmm<u32>(1, 2), ~0u);
}

}  // namespace
}  // namespace duet::tcg::test
