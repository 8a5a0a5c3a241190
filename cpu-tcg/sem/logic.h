// Bitwise logic. AF is undefined in the manual; processors clear it.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

struct And {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    a.flagsLogic(a.template modify<W>(0, [&](auto v) { return v & y; }).now);
  }
};

struct Or {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    a.flagsLogic(a.template modify<W>(0, [&](auto v) { return v | y; }).now);
  }
};

struct Xor {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    a.flagsLogic(a.template modify<W>(0, [&](auto v) { return v ^ y; }).now);
  }
};

struct Test {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto x = a.template read<W>(0);
    a.flagsLogic(x & a.template read<W>(1));
  }
};

struct Not {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template modify<W>(0, [](auto v) { return ~v; });
  }
};

}  // namespace duet::tcg::sem
