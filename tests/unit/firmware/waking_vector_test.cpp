// ACPI 6.4 table 5.13 and 16.3.2.
#include "firmware/loader/waking_vector.h"

#include <gtest/gtest.h>

#include "tests/unit/firmware/fake_memory.h"

namespace duet::firmware {
namespace {

constexpr Gpa kFacs(0x1000);

struct WakingVectorTest : ::testing::Test {
  static MemoryLayout layout() {
    MemoryLayout l;
    l.lowRam = 16_MiB;
    return l;
  }
  test::FakeMemory memory{layout()};
  WakingVectorTest() {
    memory.write(kFacs, std::vector<u8>(64));
    memory.store(kFacs, u32{0x53434146});
    memory.store(kFacs + 32, u8{2});
  }
};

TEST_F(WakingVectorTest, RealMode) {
  EXPECT_FALSE(wakingVector(memory, kFacs)) << "the guest left none";
  memory.store(kFacs + 12, u32{0x9a123});
  const auto v = wakingVector(memory, kFacs);
  ASSERT_TRUE(v);
  CpuState s = resetState(true);
  applyWakingVector(s, *v);
  EXPECT_EQ(s.segment[kSegCs].selector, 0x9a12);
  EXPECT_EQ(s.segment[kSegCs].base, 0x9a120u);
  EXPECT_EQ(s.segment[kSegCs].limit, 0xffffu);
  EXPECT_EQ(s.rip, 3u);
  EXPECT_EQ(s.cr0 & 1, 0u);
}

TEST_F(WakingVectorTest, FlatMode) {
  memory.store(kFacs + 12, u32{0x9a123});
  memory.store(kFacs + 24, u64{0x123456});
  const auto v = wakingVector(memory, kFacs);
  ASSERT_TRUE(v);
  CpuState s = resetState(true);
  applyWakingVector(s, *v);
  EXPECT_EQ(s.rip, 0x123456u);
  EXPECT_EQ(s.cr0 & 0x80000001, 1u);
  EXPECT_EQ(s.segment[kSegCs].base, 0u);
  EXPECT_TRUE(s.segment[kSegCs].attributes & kSegDb);
}

TEST_F(WakingVectorTest, DamagedTableIsNoTable) {
  memory.store(kFacs + 12, u32{0x9a123});
  memory.store(kFacs, u32{0});
  EXPECT_FALSE(wakingVector(memory, kFacs));
  memory.store(kFacs, u32{0x53434146});
  memory.store(kFacs + 12, u32{0x100000});
  EXPECT_FALSE(wakingVector(memory, kFacs)) << "out of reach in real mode";
}

}  // namespace
}  // namespace duet::firmware
