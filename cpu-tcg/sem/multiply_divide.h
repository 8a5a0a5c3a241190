// Multiplication and division.
//
// MUL and IMUL leave SF, ZF, AF and PF undefined: Intel processors set SF and PF from the low half and clear ZF and AF,
// AMD's (Zen 4) leave all four alone. DIV and IDIV leave all flags undefined: they stay as they were, but that AMD's set AF
// and clear SF, ZF and PF.
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

template <class A, class Word, class Bit>
void productFlags(A& a, Word lo, Bit wide) {
  if (a.amd()) {
    a.setCarryOverflow(wide, wide);
  } else {
    a.flagsProduct(lo, wide);
  }
}

template <class A>
void quotientFlags(A& a) {
  if (!a.amd()) return;
  a.setFlagsByte((a.flagsByte() & a.template constant<8>(kFlagCf)) | a.template constant<8>(kFlagAf));
}

}  // namespace detail

struct Mul {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto p = multiply(a.template reg<W>(kRax), a.template read<W>(0));
    detail::writeAccumulator<W>(a, p.lo, p.hi);
    detail::productFlags(a, p.lo, !isZero(p.hi));
  }
};

// The one-operand form.
struct ImulWide {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto p = multiplySigned(a.template reg<W>(kRax), a.template read<W>(0));
    detail::writeAccumulator<W>(a, p.lo, p.hi);
    detail::productFlags(a, p.lo, p.hi != sar(p.lo, W - 1));
  }
};

// Two operands (Gv, Ev) and three (Gv, Ev, immediate).
struct Imul : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const unsigned first = a.isImmediate(2) ? 2 : 0;
    const auto p = multiplySigned(a.template read<W>(1), a.template read<W>(first));
    a.template write<W>(0, p.lo);
    detail::productFlags(a, p.lo, p.hi != sar(p.lo, W - 1));
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
    detail::quotientFlags(a);
  }
};

struct Idiv {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto d = a.template read<W>(0);
    const auto q = divideSigned(detail::highAccumulator<W>(a), a.template reg<W>(kRax), d);
    a.raiseWhen(q.overflow, kExcDE);
    detail::writeAccumulator<W>(a, q.quotient, q.remainder);
    detail::quotientFlags(a);
  }
};

}  // namespace duet::tcg::sem
