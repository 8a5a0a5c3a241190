// Flag instructions, BOUND, wide compare-and-exchange, random numbers, UD.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

struct Clc : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setFlag<kFlagCf>(a.bit(false));
  }
};

struct Stc : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setFlag<kFlagCf>(a.bit(true));
  }
};

struct Cmc : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setFlag<kFlagCf>(!a.template flag<kFlagCf>());
  }
};

struct Cld : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.setDirection(false);
  }
};

struct Std : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.setDirection(true);
  }
};

struct Lahf : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto al = a.template reg<16>(kRax) & a.template constant<16>(0xff);
    a.template setReg<16>(kRax, al | (zext<16>(a.flagsByte()) << 8u));
  }
};

struct Sahf : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.setFlagsByte(trunc<8>(a.template reg<16>(kRax) >> 8u));
  }
};

// Undocumented, on every processor: AL = CF ? FFh : 0.
struct Salc : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setReg<8>(kRax, a.template constant<8>(0) - a.template carry<8>());
  }
};

struct Bound : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto index = a.template read<W>(0);
    const auto lower = a.template readAt<W>(a.template constant<64>(0));
    const auto upper = a.template readAt<W>(a.template constant<64>(W / 8));
    a.raiseWhen(slt(index, lower) | slt(upper, index), kExcBR);
  }
};

namespace detail {

// CMPXCHG8B and CMPXCHG16B: `H` is the width of a half. Only ZF changes.
template <unsigned H, class A>
void compareExchangePair(A& a) {
  const auto pair = [&](GprIndex hi, GprIndex lo) {
    return (zext<2 * H>(a.template reg<H>(hi)) << H) | zext<2 * H>(a.template reg<H>(lo));
  };
  const auto expected = pair(kRdx, kRax);
  const auto desired = pair(kRcx, kRbx);
  const auto change = a.template modify<2 * H>(0, [&](auto v) { return select(v == expected, desired, v); });
  const auto found = change.old;
  a.when(found != expected, [&] {
    a.template setReg<H>(kRax, trunc<H>(found));
    a.template setReg<H>(kRdx, trunc<H>(found >> H));
  });
  a.template setFlag<kFlagZf>(found == expected);
}

}  // namespace detail

struct Cmpxchg8b : OnlyWidth<32> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::compareExchangePair<32>(a);
  }
};

struct Cmpxchg16b : OnlyWidth<64> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.requireAligned(16);
    detail::compareExchangePair<64>(a);
  }
};

namespace detail {

template <unsigned W, class A>
void randomNumber(A& a) {
  a.template write<W>(0, a.template random<W>());
  a.setArithmeticFlags(a.bit(true), a.bit(false), a.bit(false), a.bit(false), a.bit(false), a.bit(false));
}

}  // namespace detail

struct Rdrand : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::randomNumber<W>(a);
  }
};

struct Rdseed : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::randomNumber<W>(a);
  }
};

// UD0, UD1, UD2.
struct Ud : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.raiseWhen(a.bit(true), kExcUD);
  }
};

}  // namespace duet::tcg::sem
