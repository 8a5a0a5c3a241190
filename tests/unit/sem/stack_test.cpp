// Stack instructions (SDM vol. 2: PUSH, POP, PUSHA, POPA, ENTER, LEAVE).
#include "tests/unit/sem/fixture.h"

namespace duet::tcg {
namespace {

class Stack : public SemTest {
 protected:
  template <class T>
  T at(u64 offset) const {
    T v;
    std::memcpy(&v, memory() + offset, sizeof v);
    return v;
  }
  template <class T>
  void put(u64 offset, T v) {
    std::memcpy(memory() + offset, &v, sizeof v);
  }
};

TEST_F(Stack, PushSizesIn64BitMode) {
  reg(kRsp) = address() + 0x100;
  reg(kRax) = 0x1122334455667788;
  EXPECT_FALSE(run({0x50}));
  EXPECT_EQ(reg(kRsp), address() + 0xf8);
  EXPECT_EQ(at<u64>(0xf8), 0x1122334455667788u);
  EXPECT_FALSE(run({0x66, 0x50}));
  EXPECT_EQ(reg(kRsp), address() + 0xf6);
  EXPECT_EQ(at<u16>(0xf6), 0x7788);
  EXPECT_FALSE(run({0x6a, 0x80}));
  EXPECT_EQ(at<u64>(0xee), 0xffffffffffffff80u);
  EXPECT_FALSE(run({0x68, 0, 0, 0, 0x80}));
  EXPECT_EQ(at<u64>(0xe6), 0xffffffff80000000u);
}

TEST_F(Stack, PushAndPopOfTheStackPointer) {
  reg(kRsp) = address() + 0x100;
  EXPECT_FALSE(run({0x54}));
  EXPECT_EQ(at<u64>(0xf8), address() + 0x100);
  put<u64>(0xf8, 0x42);
  EXPECT_FALSE(run({0x5c}));
  EXPECT_EQ(reg(kRsp), 0x42u);
}

// The address of a memory operand uses rSP before a PUSH and after a POP.
TEST_F(Stack, StackRelativeOperands) {
  reg(kRsp) = address() + 0x100;
  put<u64>(0x100, 0x1111);
  EXPECT_FALSE(run({0xff, 0x34, 0x24}));
  EXPECT_EQ(at<u64>(0xf8), 0x1111u);
  put<u64>(0xf8, 0x2222);
  EXPECT_FALSE(run({0x8f, 0x04, 0x24}));
  EXPECT_EQ(at<u64>(0x100), 0x2222u);
  EXPECT_EQ(reg(kRsp), address() + 0x100);
}

TEST_F(Stack, PopToUnreachableMemoryLeavesTheStackPointer) {
  reg(kRsp) = address() + 0x100;
  reg(kRax) = 0x8000000000000000;
  expectFault(run({0x8f, 0x00}), kExcGP);
  EXPECT_EQ(reg(kRsp), address() + 0x100);
}

TEST_F(Stack, NonCanonicalStackFaultsWithSs) {
  reg(kRsp) = 0x800000000000;
  expectFault(run({0x58}), kExcSS);
  reg(kRsp) = 0x800000000010;
  expectFault(run({0x50}), kExcSS);
  EXPECT_EQ(reg(kRsp), 0x800000000010u);
}

TEST_F(Stack, StackSizeAndOperandSizeAreIndependent) {
  use32(16);
  reg(kRsp) = 0x12340100;
  reg(kRax) = 0xaabbccdd;
  EXPECT_FALSE(run({0x66, 0x50}));
  EXPECT_EQ(reg(kRsp), 0x123400fcu);
  EXPECT_EQ(at<u32>(0xfc), 0xaabbccddu);
  EXPECT_FALSE(run({0x66, 0x5b}));
  EXPECT_EQ(reg(kRbx), 0xaabbccddu);
  EXPECT_EQ(reg(kRsp), 0x12340100u);
}

TEST_F(Stack, PushaStoresTheOldStackPointerAndPopaSkipsIt) {
  use32(16);
  for (unsigned r = 0; r < 8; ++r) ctx_->arch.gpr[r] = 0x11110000 * (r + 1) + r;
  reg(kRsp) = 0x55550100;
  EXPECT_FALSE(run({0x60}));
  EXPECT_EQ(reg(kRsp), 0x555500f0u);
  const u16 expected[8] = {7, 6, 5, 0x0100, 3, 2, 1, 0};
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(at<u16>(0xf0 + 2 * i), expected[i]);
  put<u16>(0xf0, 0xbeef);
  EXPECT_FALSE(run({0x61}));
  EXPECT_EQ(reg(kRsp), 0x55550100u);
  EXPECT_EQ(reg(kRdi), 0x8888beefu);  // upper halves stay
}

TEST_F(Stack, PushaWrapsAt64K) {
  use32(16);
  for (auto& s : ctx_->arch.segment) s.limit = 0xffff;
  reg(kRax) = 0xaaaa;
  reg(kRsp) = 0x10;
  EXPECT_FALSE(run({0x60}));
  EXPECT_EQ(reg(kRsp), 0u);
  EXPECT_EQ(at<u16>(0xe), 0xaaaa);
}

TEST_F(Stack, EnterAndLeave) {
  reg(kRsp) = address() + 0x800;
  reg(kRbp) = address() + 0x900;
  EXPECT_FALSE(run({0xc8, 0x20, 0x00, 0x00}));
  EXPECT_EQ(at<u64>(0x7f8), address() + 0x900);
  EXPECT_EQ(reg(kRbp), address() + 0x7f8);
  EXPECT_EQ(reg(kRsp), address() + 0x7d8);
  EXPECT_FALSE(run({0xc9}));
  EXPECT_EQ(reg(kRbp), address() + 0x900);
  EXPECT_EQ(reg(kRsp), address() + 0x800);
}

TEST_F(Stack, EnterCopiesTheDisplay) {
  reg(kRsp) = address() + 0x800;
  reg(kRbp) = address() + 0x900;
  put<u64>(0x8f8, 0x1111);
  put<u64>(0x8f0, 0x2222);
  EXPECT_FALSE(run({0xc8, 0x10, 0x00, 0x23}));  // level 35 counts as 3
  EXPECT_EQ(at<u64>(0x7f8), address() + 0x900);
  EXPECT_EQ(at<u64>(0x7f0), 0x1111u);
  EXPECT_EQ(at<u64>(0x7e8), 0x2222u);
  EXPECT_EQ(at<u64>(0x7e0), address() + 0x7f8);
  EXPECT_EQ(reg(kRbp), address() + 0x7f8);
  EXPECT_EQ(reg(kRsp), address() + 0x7d0);
}

// A final rSP that could not be written faults, and nothing has changed.
TEST_F(Stack, EnterChecksTheFinalStackPointer) {
  use32();
  ctx_->arch.segment[isa::kSs] = {0, 0, 0x7ff, kSegPresent | kSegS | 7};  // expand-down: over 7FFh only
  reg(kRsp) = 0x1000;
  reg(kRbp) = 0x1234;
  EXPECT_FALSE(run({0xc8, 0xf0, 0x07, 0x00}));
  reg(kRsp) = 0x1000;
  reg(kRbp) = 0x1234;
  expectFault(run({0xc8, 0x00, 0x09, 0x00}), kExcSS);
  EXPECT_EQ(reg(kRsp), 0x1000u);
  EXPECT_EQ(reg(kRbp), 0x1234u);
}

}  // namespace
}  // namespace duet::tcg
