// Multiplication and division.
//
// MUL and IMUL leave SF, ZF, AF and PF undefined: Intel processors set SF and PF from the low half and
// clear ZF and AF. DIV and IDIV leave all flags undefined: they stay as they were.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

namespace detail {

// The double-width accumulator: AX, DX:AX, EDX:EAX, RDX:RAX.
template <unsigned W, class A>
void writeAccumulator(A& a, typename A::template Word<W> lo, typename A::template Word<W> hi) {
  if constexpr (W == 8) {
    a.template setReg<16>(kRax, zext<16>(lo) | (zext<16>(hi) << 8u));
  } else {
    a.template setReg<W>(kRax, lo);
    a.template setReg<W>(kRdx, hi);
  }
}

template <unsigned W, class A>
auto highAccumulator(A& a) {
  if constexpr (W == 8) {
    return trunc<8>(a.template reg<16>(kRax) >> 8u);
  } else {
    return a.template reg<W>(kRdx);
  }
}

}  // namespace detail

struct Mul {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto p = multiply(a.template reg<W>(kRax), a.template read<W>(0));
    detail::writeAccumulator<W>(a, p.lo, p.hi);
    a.flagsProduct(p.lo, !isZero(p.hi));
  }
};

// The one-operand form.
struct ImulWide {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto p = multiplySigned(a.template reg<W>(kRax), a.template read<W>(0));
    detail::writeAccumulator<W>(a, p.lo, p.hi);
    a.flagsProduct(p.lo, p.hi != sar(p.lo, W - 1));
  }
};

// Two operands (Gv, Ev) and three (Gv, Ev, immediate).
struct Imul : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const unsigned first = a.isImmediate(2) ? 2 : 0;
    const auto p = multiplySigned(a.template read<W>(1), a.template read<W>(first));
    a.template write<W>(0, p.lo);
    a.flagsProduct(p.lo, p.hi != sar(p.lo, W - 1));
  }
};

// No flags; operand 0 takes the high half, and wins when both are one register.
struct Mulx : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto p = multiply(a.template reg<W>(kRdx), a.template read<W>(2));
    a.template write<W>(1, p.lo);
    a.template write<W>(0, p.hi);
  }
};

struct Div {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto d = a.template read<W>(0);
    const auto q = divide(detail::highAccumulator<W>(a), a.template reg<W>(kRax), d);
    a.raiseWhen(q.overflow, kExcDE);
    detail::writeAccumulator<W>(a, q.quotient, q.remainder);
  }
};

struct Idiv {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto d = a.template read<W>(0);
    const auto q = divideSigned(detail::highAccumulator<W>(a), a.template reg<W>(kRax), d);
    a.raiseWhen(q.overflow, kExcDE);
    detail::writeAccumulator<W>(a, q.quotient, q.remainder);
  }
};

}  // namespace duet::tcg::sem
