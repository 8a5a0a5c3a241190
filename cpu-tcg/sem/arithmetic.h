// Addition, subtraction, comparison and the atomic forms built from them.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

struct Add {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return v + y; });
    a.flagsAdd(x, y, r);
  }
};

struct Adc {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto carry = a.template carry<W>();
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return v + y + carry; });
    a.flagsAdc(x, y, r);
  }
};

struct Sub {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return v - y; });
    a.flagsSub(x, y, r);
  }
};

struct Sbb {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto borrow = a.template carry<W>();
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return v - y - borrow; });
    a.flagsSbb(x, y, r);
  }
};

struct Cmp {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(0);
    const auto y = a.template read<W>(1);
    a.flagsSub(x, y, x - y);
  }
};

struct Neg {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto zero = a.template constant<W>(0);
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return zero - v; });
    a.flagsSub(zero, x, r);
  }
};

struct Inc {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto one = a.template constant<W>(1);
    const auto change = a.template modify<W>(0, [&](auto v) { return v + one; });
    a.flagsInc(change.now);
  }
};

struct Dec {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto one = a.template constant<W>(1);
    const auto change = a.template modify<W>(0, [&](auto v) { return v - one; });
    a.flagsDec(change.now);
  }
};

struct Xadd {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto [x, r] = a.template modify<W>(0, [&](auto v) { return v + y; });
    a.template write<W>(1, x);
    if (!a.isMemory(0)) a.template write<W>(0, r);  // one register twice: the sum stays
    a.flagsAdd(x, y, r);
  }
};

struct Cmpxchg {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto expected = a.template reg<W>(kRax);
    const auto y = a.template read<W>(1);
    auto found = expected;
    if (a.isMemory(0)) {
      // Memory is written on failure too, with what it held (SDM, CMPXCHG); a register is not.
      found = a.template modify<W>(0, [&](auto v) { return select(v == expected, y, v); }).old;
    } else {
      found = a.template read<W>(0);
      a.when(found == expected, [&] { a.template write<W>(0, y); });
    }
    a.when(found != expected, [&] { a.template setReg<W>(kRax, found); });
    a.flagsSub(expected, found, expected - found);
  }
};

}  // namespace duet::tcg::sem
