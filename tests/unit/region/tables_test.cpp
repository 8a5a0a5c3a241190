// Tables in regions: reads that share a look at the TLB, wherever pages end.
#include <gtest/gtest.h>

#include "tests/unit/region/rig.h"

namespace duet::test {
namespace {

constexpr u64 kBytes = 256 * 8 + 3;

u8 byteOf(u64 i) { return static_cast<u8>(i * 167 + (i >> 8) * 59); }

// What the program adds up while rcx goes down from `from` to `to`.
u64 sumOf(u64 from, u64 to) {
  const auto word = [](u64 at) {
    u64 w = 0;
    for (u64 i = 0; i < 8; ++i) w |= u64{byteOf(at + i)} << 8 * i;
    return w;
  };
  u64 sum = 0;
  for (u64 c = from; c > to; --c) sum += word(8 * (c & 0xff)) ^ word(8 * (c >> 8 & 0xff) + 3);
  return sum;
}

class TableRig : public RegionRig {
 public:
  // The table at `at`, a linear address; the page behind kData's may lie elsewhere in RAM, or nowhere.
  TableRig(u64 at, u64 second) {
    // back: mov eax,ecx; movzx edx,al; movzx ebx,ah; mov r8,[rsi+rdx*8]; xor r8,[rsi+rbx*8+3]; add r9,r8; dec ecx; jnz back; hlt
    put(kCode, {0x89, 0xc8, 0x0f, 0xb6, 0xd0, 0x0f, 0xb6, 0xdc, 0x4c, 0x8b, 0x04, 0xd6, 0x4c,
                0x33, 0x44, 0xde, 0x03, 0x4d, 0x01, 0xc1, 0xff, 0xc9, 0x75, 0xe8, 0xf4});
    start = longMode();
    start.gpr[kRsi] = at;
    putWord<u64>(0x14008, second);  // of kData + 4096
    for (u64 i = 0; i < kBytes + 5; ++i) {
      const u64 linear = at + i;
      const bool inSecond = linear >= kData + kPageSize;
      if (!inSecond || second)
        putWord<u8>(inSecond ? (second & ~7u) + (linear & kPageMask) : linear, byteOf(i));
    }
  }
  CpuState start;
};

void expectSum(u64 at, u64 second) {
  TableRig m(at, second);
  m.start.gpr[kRcx] = 0x3000;
  m.load(m.start);
  EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Halt);
  EXPECT_EQ(m.state().gpr[kR9], sumOf(0x3000, 0));
  EXPECT_GE(m.regions->counts().installed, 1u);
}

TEST(RegionTables, LieInOnePage) { expectSum(kData + 64, (kData + kPageSize) | 7); }

TEST(RegionTables, LieInPagesThatAreNeighbours) {
  expectSum(kData + kPageSize - 1000, (kData + kPageSize) | 7);
}

TEST(RegionTables, LieInPagesThatAreNone) { expectSum(kData + kPageSize - 1000, 0x300000 | 7); }

TEST(RegionTables, MissOnlyWhereSomethingIsRead) {
  TableRig m(kData + kPageSize - 1024, 0);
  m.start.gpr[kRcx] = 0x7d03;  // entry 255 is in no page, and is the fifth to be read by AL
  m.load(m.start);
  EXPECT_EQ(m.run(EngineRig::kNoBudget).reason, ExitReason::Shutdown);
  const CpuState s = m.state();
  EXPECT_EQ(s.cr2, kData + kPageSize - 1024 + 255 * 8);
  EXPECT_EQ(s.rip, kCode + 8u);
  EXPECT_EQ(s.gpr[kRcx], 0x7cffu);
  EXPECT_EQ(s.gpr[kR9], sumOf(0x7d03, 0x7cff));
}

}  // namespace
}  // namespace duet::test
