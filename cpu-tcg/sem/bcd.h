// Decimal and ASCII adjustment (SDM vol. 2). Undefined flags: OF is cleared; AAA and AAS set SF, ZF and PF
// from AL; AAM and AAD clear CF and AF.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

namespace detail {

// AAA and AAS: AX changes by `step` when AL's low digit is over 9 or carried.
template <class A, class Fn>
void asciiAdjust(A& a, Fn step) {
  const auto ax = a.template reg<16>(kRax);
  const auto digit = ax & a.template constant<16>(0xf);
  const auto carried = ult(a.template constant<16>(9), digit) | a.template flag<kFlagAf>();
  const auto r = select(carried, step(ax), ax) & a.template constant<16>(0xff0f);
  a.template setReg<16>(kRax, r);
  a.flagsResult(trunc<8>(r), carried, a.bit(false), carried);
}

// DAA and DAS: AL changes by 6 and 60h.
template <class A, class Fn, class Carry>
void decimalAdjust(A& a, Fn step, Carry carryOfLow) {
  const auto al = a.template reg<8>(kRax);
  const auto oldCf = a.template flag<kFlagCf>();
  const auto zero = a.template constant<8>(0);
  const auto low =
      ult(a.template constant<8>(9), al & a.template constant<8>(0xf)) | a.template flag<kFlagAf>();
  const auto high = ult(a.template constant<8>(0x99), al) | oldCf;
  const auto amount =
      select(low, a.template constant<8>(6), zero) + select(high, a.template constant<8>(0x60), zero);
  const auto r = step(al, amount);
  a.template setReg<8>(kRax, r);
  a.flagsResult(r, high | (low & carryOfLow(al)), a.bit(false), low);
}

}  // namespace detail

struct Aaa : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::asciiAdjust(a, [&](auto ax) { return ax + a.template constant<16>(0x106); });
  }
};

struct Aas : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::asciiAdjust(a, [&](auto ax) { return ax - a.template constant<16>(0x106); });
  }
};

struct Daa : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    // A carry out of AL + 6 implies AL over 99h, which sets CF already.
    detail::decimalAdjust(a, [](auto al, auto n) { return al + n; }, [&](auto) { return a.bit(false); });
  }
};

struct Das : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::decimalAdjust(
        a, [](auto al, auto n) { return al - n; },
        [&](auto al) { return ult(al, a.template constant<8>(6)); });
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
    const auto r = trunc<8>(ax) + multiply(trunc<8>(ax >> 8u), a.template read<8>(0)).lo;
    a.template setReg<16>(kRax, zext<16>(r));
    a.flagsResult(r, a.bit(false), a.bit(false), a.bit(false));
  }
};

}  // namespace duet::tcg::sem
