// Decimal and ASCII adjustment (SDM vol. 2). Undefined flags on Intel's processors: OF is cleared; AAA and AAS set SF, ZF and PF
// from AL; AAM and AAD clear CF and AF. AMD's are those of the addition or subtraction inside (every input was tried on
// Zen 4): of all of AX for AAA and AAS, before the high digit of AL goes.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

namespace detail {

// Overflow of x + y = r, and of x - y = r.
template <class Word>
auto addOverflow(Word x, Word y, Word r) {
  return msb((x ^ r) & (y ^ r));
}
template <class Word>
auto subOverflow(Word x, Word y, Word r) {
  return msb((x ^ y) & (x ^ r));
}

// AAA and AAS: AX changes by 106h when AL's low digit is over 9 or carried.
template <class A>
void asciiAdjust(A& a, bool subtract) {
  const auto ax = a.template reg<16>(kRax);
  const auto digit = ax & a.template constant<16>(0xf);
  const auto carried = ult(a.template constant<16>(9), digit) | a.template flag<kFlagAf>();
  const auto step = select(carried, a.template constant<16>(0x106), a.template constant<16>(0));
  const auto whole = subtract ? ax - step : ax + step;
  const auto r = whole & a.template constant<16>(0xff0f);
  a.template setReg<16>(kRax, r);
  if (a.amd()) {
    const auto overflow = subtract ? subOverflow(ax, step, whole) : addOverflow(ax, step, whole);
    a.flagsResult(whole, carried, overflow, carried);
  } else {
    a.flagsResult(trunc<8>(r), carried, a.bit(false), carried);
  }
}

// DAA and DAS: AL changes by 6 and 60h.
template <class A>
void decimalAdjust(A& a, bool subtract) {
  const auto al = a.template reg<8>(kRax);
  const auto oldCf = a.template flag<kFlagCf>();
  const auto zero = a.template constant<8>(0);
  const auto low =
      ult(a.template constant<8>(9), al & a.template constant<8>(0xf)) | a.template flag<kFlagAf>();
  const auto high = ult(a.template constant<8>(0x99), al) | oldCf;
  const auto amount =
      select(low, a.template constant<8>(6), zero) + select(high, a.template constant<8>(0x60), zero);
  const auto r = subtract ? al - amount : al + amount;
  a.template setReg<8>(kRax, r);
  // A carry out of AL + 6 implies AL over 99h, which sets CF already; a borrow of AL - 6 does not.
  const auto borrow = ult(al, a.template constant<8>(6));
  const auto cf = subtract ? high | (low & borrow) : high;
  const auto overflow = subtract ? subOverflow(al, amount, r) : addOverflow(al, amount, r);
  a.flagsResult(r, cf, a.bit(a.amd()) & overflow, low);
}

}  // namespace detail

struct Aaa : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::asciiAdjust(a, false);
  }
};

struct Aas : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::asciiAdjust(a, true);
  }
};

struct Daa : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::decimalAdjust(a, false);
  }
};

struct Das : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::decimalAdjust(a, true);
  }
};

struct Aam : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto base = a.template read<8>(0);
    a.raiseWhen(isZero(base), kExcDE);
    const auto q = divide(a.template constant<8>(0), a.template reg<8>(kRax), base);
    a.template setReg<16>(kRax, (zext<16>(q.quotient) << 8u) | zext<16>(q.remainder));
    a.flagsResult(q.remainder, a.bit(false), a.bit(false), a.bit(false));
  }
};

struct Aad : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto ax = a.template reg<16>(kRax);
    const auto low = trunc<8>(ax), high = multiply(trunc<8>(ax >> 8u), a.template read<8>(0)).lo;
    const auto r = low + high;
    a.template setReg<16>(kRax, zext<16>(r));
    if (a.amd()) return a.flagsAdd(low, high, r);
    a.flagsResult(r, a.bit(false), a.bit(false), a.bit(false));
  }
};

}  // namespace duet::tcg::sem
