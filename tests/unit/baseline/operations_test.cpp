// Instructions whose operands need more registers than there are free ones.
#include <gtest/gtest.h>

#include "tests/unit/baseline/rig.h"

namespace duet::test {
namespace {

// back: mulx r14,r11,[rbx]; dec rcx; jnz back; hlt. Both results are registers that no host register holds.
TEST(Operations, MulxFromMemoryIntoTwoRegistersInMemory) {
  constexpr u64 kFactor = 0xfedcba9876543210, kOther = 0x89abcdef01234567, kRounds = 100;
  BaselineRig m;
  m.put(kCode, {0xc4, 0x62, 0xa3, 0xf6, 0x33, 0x48, 0xff, 0xc9, 0x75, 0xf6, 0xf4});
  m.putWord<u64>(kData, kFactor);
  CpuState s = m.longMode();
  s.gpr[kRbx] = kData;
  s.gpr[kRcx] = kRounds;
  s.gpr[kRdx] = kOther;
  m.load(s);
  EXPECT_EQ(m.run().reason, ExitReason::Halt);
  const auto product = static_cast<unsigned __int128>(kFactor) * kOther;
  EXPECT_EQ(m.state().gpr[14], static_cast<u64>(product >> 64));
  EXPECT_EQ(m.state().gpr[11], static_cast<u64>(product));
  EXPECT_EQ(number(m, "  mulx =Gy,=By,Ey (VEX.LZ.F2.0F38 F6 /r)", 1), 0u) << "it has code of its own";
  EXPECT_LE(number(m, "  mulx =Gy,=By,Ey (VEX.LZ.F2.0F38 F6 /r)", 2), 2u) << "the slow path";
}

}  // namespace
}  // namespace duet::test
