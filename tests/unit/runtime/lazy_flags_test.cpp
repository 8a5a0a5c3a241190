// LazyFlags against the manual's definition of each flag, computed in plain wide integers.
#include "cpu-tcg/runtime/lazy_flags.h"

#include <gtest/gtest.h>

#include <random>

namespace duet::tcg {
namespace {

u32 pack(bool c, bool p, bool a, bool z, bool s, bool o) {
  return (c ? kFlagCf : 0u) | (p ? kFlagPf : 0u) | (a ? kFlagAf : 0u) | (z ? kFlagZf : 0u) |
         (s ? kFlagSf : 0u) | (o ? kFlagOf : 0u);
}

bool evenBits(u64 v) {
  int n = 0;
  for (int i = 0; i < 8; ++i) n += (v >> i) & 1;
  return n % 2 == 0;
}

template <class T>
i128 asSigned(T v) {
  return static_cast<std::make_signed_t<T>>(v);
}

// Flags of a + b + c (or a - b - c) by the definitions of SDM vol. 1 3.4.3.1.
template <class T>
u32 reference(T a, T b, unsigned c, bool subtract) {
  const u128 wide = subtract ? u128{a} - b - c : u128{a} + b + c;
  const i128 exact = subtract ? asSigned(a) - asSigned(b) - i128{c} : asSigned(a) + asSigned(b) + i128{c};
  const T r = static_cast<T>(wide);
  const int low = subtract ? int(a & 15) - int(b & 15) - int(c) : int(a & 15) + int(b & 15) + int(c);
  return pack((wide >> (8 * sizeof(T))) != 0, evenBits(r), low < 0 || low > 15, r == 0,
              (r >> (8 * sizeof(T) - 1)) & 1, asSigned(r) != exact);
}

template <class T>
void checkArithmetic(T a, T b, unsigned c) {
  LazyFlags f;
  f.setAdc<T>(a, b, static_cast<T>(a + b + c));
  ASSERT_EQ(f.arithmetic(), reference<T>(a, b, c, false)) << u64(a) << "+" << u64(b) << "+" << c;
  f.setSbb<T>(a, b, static_cast<T>(a - b - c));
  ASSERT_EQ(f.arithmetic(), reference<T>(a, b, c, true)) << u64(a) << "-" << u64(b) << "-" << c;
}

TEST(LazyFlags, ByteAddAndSubtractExhaustive) {
  for (unsigned a = 0; a < 256; ++a)
    for (unsigned b = 0; b < 256; ++b)
      for (unsigned c = 0; c < 2; ++c) checkArithmetic<u8>(static_cast<u8>(a), static_cast<u8>(b), c);
}

template <class T>
void checkRandom() {
  std::mt19937_64 random(7);
  const u64 edges[] = {0,      1,      15,         16,         127,          128,          255,
                       0x7fff, 0x8000, 0x7fffffff, 0x80000000, ~u64{0} >> 1, u64{1} << 63, ~u64{0}};
  for (u64 a : edges)
    for (u64 b : edges) checkArithmetic<T>(static_cast<T>(a), static_cast<T>(b), a & 1);
  for (int i = 0; i < 100000; ++i)
    checkArithmetic<T>(static_cast<T>(random()), static_cast<T>(random()), random() & 1);
}
TEST(LazyFlags, Words) { checkRandom<u16>(); }
TEST(LazyFlags, Doublewords) { checkRandom<u32>(); }
TEST(LazyFlags, Quadwords) { checkRandom<u64>(); }

template <class T>
void checkIncDec(T v, bool carry) {
  LazyFlags f;
  f.set(carry * u32{kFlagCf});
  f.setInc<T>(static_cast<T>(v + 1));
  ASSERT_EQ(f.arithmetic(), (reference<T>(v, 1, 0, false) & ~kFlagCf) | (carry * u32{kFlagCf})) << u64(v);
  f.set(carry * u32{kFlagCf});
  f.setDec<T>(static_cast<T>(v - 1));
  ASSERT_EQ(f.arithmetic(), (reference<T>(v, 1, 0, true) & ~kFlagCf) | (carry * u32{kFlagCf})) << u64(v);
}

TEST(LazyFlags, IncrementKeepsCarry) {
  for (unsigned v = 0; v < 256; ++v)
    for (bool c : {false, true}) checkIncDec<u8>(static_cast<u8>(v), c);
  for (u64 v : {u64{0}, u64{1}, (u64{1} << 63) - 1, u64{1} << 63, ~u64{0}})
    for (bool c : {false, true}) {
      checkIncDec<u64>(v, c);
      checkIncDec<u32>(static_cast<u32>(v >> 32), c);
      checkIncDec<u16>(static_cast<u16>(v >> 48), c);
    }
}

u32 fromIndex(unsigned i) { return pack(i & 1, i & 2, i & 4, i & 8, i & 16, i & 32); }

TEST(LazyFlags, HoldsEveryCombinationAndSettersTouchOneFlag) {
  for (unsigned i = 0; i < 64; ++i) {
    const u32 start = fromIndex(i);
    for (bool v : {false, true}) {
      const auto check = [&](void (LazyFlags::*setter)(bool), u32 bit) {
        LazyFlags f;
        f.set(start);
        ASSERT_EQ(f.arithmetic(), start);
        (f.*setter)(v);
        ASSERT_EQ(f.arithmetic(), (start & ~bit) | (v ? bit : 0)) << i;
      };
      check(&LazyFlags::setCf, kFlagCf);
      check(&LazyFlags::setPf, kFlagPf);
      check(&LazyFlags::setAf, kFlagAf);
      check(&LazyFlags::setZf, kFlagZf);
      check(&LazyFlags::setSf, kFlagSf);
      check(&LazyFlags::setOf, kFlagOf);
    }
  }
}

TEST(LazyFlags, ResultWithGivenCarryAndOverflow) {
  for (unsigned r = 0; r < 256; ++r)
    for (unsigned k = 0; k < 8; ++k) {
      LazyFlags f;
      f.setResultAnd<u8>(static_cast<u8>(r), k & 1, k & 2, k & 4);
      ASSERT_EQ(f.arithmetic(), pack(k & 1, evenBits(r), k & 4, r == 0, r & 0x80, k & 2));
    }
  LazyFlags f;
  f.setLogic<u32>(0x80000000);
  EXPECT_EQ(f.arithmetic(), pack(false, true, false, false, true, false));
}

// SDM vol. 1 appendix B, table B-1.
TEST(LazyFlags, Conditions) {
  for (unsigned i = 0; i < 64; ++i) {
    LazyFlags f;
    f.set(fromIndex(i));
    const bool c = i & 1, p = i & 2, z = i & 8, s = i & 16, o = i & 32;
    const bool expected[16] = {o, !o, c, !c, z,      !z,     c || z,      !c && !z,
                               s, !s, p, !p, s != o, s == o, z || s != o, !z && s == o};
    for (unsigned cc = 0; cc < 16; ++cc) ASSERT_EQ(f.condition(cc), expected[cc]) << i << " cc " << cc;
  }
}

TEST(LazyFlags, StartsClear) { EXPECT_EQ(LazyFlags().arithmetic(), 0u); }

}  // namespace
}  // namespace duet::tcg
