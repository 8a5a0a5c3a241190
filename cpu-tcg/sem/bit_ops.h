// Bit tests, scans, counts and byte swaps.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

namespace detail {

// Common to BT, BTS, BTR, BTC. With a register offset and a memory operand the offset is signed and
// reaches outside the operand: the operand-sized unit it falls in is the one accessed. CF takes the bit;
// the flags the manual leaves undefined stay.
template <unsigned W, class A, class Fn>
void bitTest(A& a, Fn change) {
  const auto offset = a.template read<W>(1);
  const auto index = offset & a.template constant<W>(W - 1);
  const auto mask = a.template constant<W>(1) << index;
  const auto apply = [&](auto v) { return change(v, mask); };
  auto x = offset;
  if (a.isMemory(0) && !a.isImmediate(1)) {
    constexpr unsigned kLog = W == 16 ? 4 : W == 32 ? 5 : 6;
    const auto displacement = sar(sext<64>(offset), kLog) << (kLog - 3);
    x = a.template modifyAt<W>(displacement, apply).old;
  } else {
    x = a.template modify<W>(0, apply).old;
  }
  a.template setFlag<kFlagCf>(lsb(x >> index));
}

}  // namespace detail

struct Bt : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto offset = a.template read<W>(1);
    const auto index = offset & a.template constant<W>(W - 1);
    auto x = offset;
    if (a.isMemory(0) && !a.isImmediate(1)) {
      constexpr unsigned kLog = W == 16 ? 4 : W == 32 ? 5 : 6;
      x = a.template readAt<W>(sar(sext<64>(offset), kLog) << (kLog - 3));
    } else {
      x = a.template read<W>(0);
    }
    a.template setFlag<kFlagCf>(lsb(x >> index));
  }
};

struct Bts : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::bitTest<W>(a, [](auto v, auto mask) { return v | mask; });
  }
};

struct Btr : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::bitTest<W>(a, [](auto v, auto mask) { return v & ~mask; });
  }
};

struct Btc : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::bitTest<W>(a, [](auto v, auto mask) { return v ^ mask; });
  }
};

namespace detail {

// With a zero source the destination keeps its value, all 64 bits of it. Beyond ZF, PF is that of the index and the
// rest is clear, as Intel processors have it.
template <unsigned W, class A, class Word>
void bitScan(A& a, Word x, Word index) {
  const auto none = isZero(x);
  a.when(!none, [&] { a.template write<W>(0, index); });
  a.flagsScan(index, none);
}

// TZCNT and LZCNT clear what the manual leaves undefined, but on AMD's processors not OF.
template <class A, class Bit>
void countFlags(A& a, Bit carry, Bit zero) {
  const auto clear = a.bit(false);
  a.setArithmeticFlags(carry, clear, clear, zero, clear, a.amd() ? a.template flag<kFlagOf>() : clear);
}

}  // namespace detail

struct Bsf : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(1);
    detail::bitScan<W>(a, x, countTrailing(x));
  }
};

struct Bsr : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(1);
    detail::bitScan<W>(a, x, a.template constant<W>(W - 1) - countLeading(x));
  }
};

struct Tzcnt : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(1);
    const auto r = countTrailing(x);
    a.template write<W>(0, r);
    detail::countFlags(a, isZero(x), isZero(r));
  }
};

struct Lzcnt : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(1);
    const auto r = countLeading(x);
    a.template write<W>(0, r);
    detail::countFlags(a, isZero(x), isZero(r));
  }
};

struct Popcnt : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(1);
    a.template write<W>(0, popcount(x));
    const auto clear = a.bit(false);
    a.setArithmeticFlags(clear, clear, clear, isZero(x), clear, clear);
  }
};

// A 16-bit operand is undefined; processors write 0.
struct Bswap : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(0);
    if constexpr (W == 16) {
      a.template write<W>(0, a.template constant<W>(0));
    } else {
      a.template write<W>(0, byteSwap(x));
    }
  }
};

struct Movbe : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<W>(0, byteSwap(a.template read<W>(1)));
  }
};

}  // namespace duet::tcg::sem
