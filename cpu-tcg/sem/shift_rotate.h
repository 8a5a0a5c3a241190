// Shifts and rotates. The count is taken modulo 32, or 64 for 64-bit operands; a count of 0 leaves
// the flags alone but still writes (and checks) the operand.
//
// Undefined by the manual, chosen as the vendor's processors do. Intel: OF for counts other than 1 is what the first
// single step would give, but ROL and ROR of a register by an immediate other than 1 leave OF alone; AF is cleared by
// shifts and left alone by rotates. AMD (Zen 4): OF is what the last single step gives, AF is set by shifts. CF of 8- and
// 16-bit shifts by more than the width is the bit a wider register would shift out.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

namespace detail {

template <unsigned W, class A>
auto shiftCount(A& a, unsigned operand) {
  return zext<64>(a.template read<8>(operand) & a.template constant<8>(W == 64 ? 63 : 31));
}

// CF and OF of ROL and ROR.
template <class A, class Count, class Bit>
void rotateFlags(A& a, Count n, Bit carry, Bit overflow) {
  if (!a.amd() && a.isImmediate(1) && !a.isMemory(0)) {
    const auto old = a.template flag<kFlagOf>();
    const auto once = n == a.template constant<64>(1);
    a.setCarryOverflow(carry, (overflow & once) | (old & !once));
  } else {
    a.setCarryOverflow(carry, overflow);
  }
}

// Whether a left step changes the sign.
template <class Word>
auto topBitsDiffer(Word x) {
  return msb(x) ^ msb(x + x);
}

// OF of steps from x to r to the left, with what they carried out.
template <class A, class Word, class Bit>
auto leftOverflow(A& a, Word x, Word r, Bit carry) {
  return a.amd() ? msb(r) ^ carry : topBitsDiffer(x);
}

}  // namespace detail

struct Shl {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto n = detail::shiftCount<W>(a, 1);
    const auto change = a.template modify<W>(0, [&](auto v) { return trunc<W>(zext<64>(v) << n); });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] {
      const auto cf = msb(trunc<W>(zext<64>(x) << (n - a.template constant<64>(1))));
      a.flagsResult(r, cf, detail::leftOverflow(a, x, r, cf), a.bit(a.amd()));
    });
  }
};

struct Shr {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto n = detail::shiftCount<W>(a, 1);
    const auto change = a.template modify<W>(0, [&](auto v) { return trunc<W>(zext<64>(v) >> n); });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] {
      const auto cf = lsb(zext<64>(x) >> (n - a.template constant<64>(1)));
      a.flagsResult(r, cf, a.amd() ? detail::topBitsDiffer(r) : msb(x), a.bit(a.amd()));
    });
  }
};

struct Sar {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto n = detail::shiftCount<W>(a, 1);
    const auto change = a.template modify<W>(0, [&](auto v) { return trunc<W>(sar(sext<64>(v), n)); });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] {
      const auto cf = lsb(sar(sext<64>(x), n - a.template constant<64>(1)));
      a.flagsResult(r, cf, a.bit(false), a.bit(a.amd()));
    });
  }
};

struct Rol {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto n = detail::shiftCount<W>(a, 1);
    const auto by = trunc<W>(n) & a.template constant<W>(W - 1);
    const auto change = a.template modify<W>(0, [&](auto v) { return rotl(v, by); });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] { detail::rotateFlags(a, n, lsb(r), detail::leftOverflow(a, x, r, lsb(r))); });
  }
};

struct Ror {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto n = detail::shiftCount<W>(a, 1);
    const auto by = trunc<W>(n) & a.template constant<W>(W - 1);
    const auto change = a.template modify<W>(0, [&](auto v) { return rotr(v, by); });
    const auto x = change.old, r = change.now;
    const auto overflow = a.amd() ? detail::topBitsDiffer(r) : msb(x) ^ lsb(x);
    a.when(!isZero(n), [&] { detail::rotateFlags(a, n, msb(r), overflow); });
  }
};

namespace detail {

// Through CF the rotation is one of W + 1 bits: 8- and 16-bit counts are taken modulo 9 and 17.
template <unsigned W, class A, class Count>
auto carryCount(A& a, Count n) {
  if constexpr (W < 32) {
    const auto once = a.template constant<64>(W + 1);
    n = select(ult(n, once), n, n - once);
    n = select(ult(n, once), n, n - once);
    n = select(ult(n, once), n, n - once);
  }
  return n;
}

// CF after a rotation that came round to where it began is the old one.
template <class Bit>
Bit carryOut(Bit moves, Bit out, Bit old) {
  return (out & moves) | (old & !moves);
}

// The W + 1 bits carry:v rotated left by n in 1..W.
template <unsigned W, class A, class Word, class Count>
auto rotateThroughCarry(A& a, Word v, Word carry, Count n) {
  if constexpr (W < 64) {
    const auto whole = zext<64>(v) | (zext<64>(carry) << W);
    return trunc<W>((whole << n) | (whole >> (a.template constant<64>(W + 1) - n)));
  } else {
    const auto one = a.template constant<64>(1);
    return (v << n) | (carry << (n - one)) | ((v >> 1u) >> (a.template constant<64>(64) - n));
  }
}

template <unsigned W, class A, class Word, class Count>
auto rotateRightThroughCarry(A& a, Word v, Word carry, Count n) {
  if constexpr (W < 64) {
    return rotateThroughCarry<W>(a, v, carry, a.template constant<64>(W + 1) - n);
  } else {
    const auto left = a.template constant<64>(64) - n;
    return (v >> n) | (carry << left) | ((v << 1u) << left);
  }
}

}  // namespace detail

struct Rcl {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto count = detail::shiftCount<W>(a, 1), n = detail::carryCount<W>(a, count);
    const auto moves = !isZero(n);
    const auto by = select(moves, n, a.template constant<64>(1));
    const auto carry = a.template carry<W>();
    const auto change = a.template modify<W>(
        0, [&](auto v) { return select(moves, detail::rotateThroughCarry<W>(a, v, carry, by), v); });
    const auto x = change.old, r = change.now;
    a.when(a.amd() ? !isZero(count) : moves, [&] {
      const auto out = lsb(zext<64>(x) >> (a.template constant<64>(W) - by));
      const auto cf = detail::carryOut(moves, out, lsb(carry));
      a.setCarryOverflow(cf, detail::leftOverflow(a, x, r, cf));
    });
  }
};

struct Rcr {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto count = detail::shiftCount<W>(a, 1), n = detail::carryCount<W>(a, count);
    const auto one = a.template constant<64>(1);
    const auto moves = !isZero(n);
    const auto by = select(moves, n, one);
    const auto carry = a.template carry<W>();
    const auto change = a.template modify<W>(
        0, [&](auto v) { return select(moves, detail::rotateRightThroughCarry<W>(a, v, carry, by), v); });
    const auto x = change.old, r = change.now;
    a.when(a.amd() ? !isZero(count) : moves, [&] {
      const auto cf = detail::carryOut(moves, lsb(zext<64>(x) >> (by - one)), lsb(carry));
      a.setCarryOverflow(cf, a.amd() ? detail::topBitsDiffer(r) : msb(x) ^ lsb(carry));
    });
  }
};

namespace detail {

// What SHLD and SHRD shift, for W < 64: the two operands as one value; in the 16-bit forms with a third, whose bits
// processors shift in when the count passes 16 (undefined by the manual): Intel's have the destination again, AMD's the
// source again, and clear CF then.
template <unsigned W, class Word>
auto shiftedPair(Word hi, Word lo, Word again) {
  const auto pair = (zext<64>(hi) << W) | zext<64>(lo);
  if constexpr (W == 16) {
    return (pair << W) | zext<64>(again);
  } else {
    return pair;
  }
}

// Of a carry or an overflow.
template <unsigned W, class A, class Count, class Bit>
Bit notBeyond16(A& a, Count n, Bit bit) {
  if constexpr (W != 16) {
    return bit;
  } else {
    return a.amd() ? bit & !ult(a.template constant<64>(16), n) : bit;
  }
}

// SHLD: as of a shift, but on AMD's processors by 16 bits of 16 it is the carry.
template <unsigned W, class A, class Count, class Word, class Bit>
Bit doubleLeftOverflow(A& a, Count n, Word x, Word r, Bit carry) {
  const Bit overflow = leftOverflow(a, x, r, carry);
  if constexpr (W != 16) {
    return overflow;
  } else {
    if (!a.amd()) return overflow;
    const Bit is16 = n == a.template constant<64>(16);
    return notBeyond16<W>(a, n, (is16 & carry) | ((!is16) & overflow));
  }
}

}  // namespace detail

struct Shld : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto n = detail::shiftCount<W>(a, 2);
    const auto change = a.template modify<W>(0, [&](auto v) {
      if constexpr (W == 64) {
        return (v << n) | ((y >> 1u) >> (a.template constant<64>(63) - n));
      } else {
        return trunc<W>((detail::shiftedPair<W>(v, y, a.amd() ? y : v) << n) >> 32u);
      }
    });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] {
      auto out = x;
      if constexpr (W == 64) {
        out = x >> (a.template constant<64>(64) - n);
      } else {
        out = trunc<W>(detail::shiftedPair<W>(x, y, x) >> (a.template constant<64>(W + 32) - n));
      }
      const auto cf = detail::notBeyond16<W>(a, n, lsb(out));
      a.flagsResult(r, cf, detail::doubleLeftOverflow<W>(a, n, x, r, cf), a.bit(a.amd()));
    });
  }
};

struct Shrd : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto n = detail::shiftCount<W>(a, 2);
    const auto change = a.template modify<W>(0, [&](auto v) {
      if constexpr (W == 64) {
        return (v >> n) | ((y << 1u) << (a.template constant<64>(63) - n));
      } else if constexpr (W == 32) {
        return trunc<W>(detail::shiftedPair<W>(y, v, v) >> n);
      } else {
        return trunc<W>(detail::shiftedPair<W>(a.amd() ? y : v, y, v) >> n);
      }
    });
    const auto x = change.old, r = change.now;
    a.when(!isZero(n), [&] {
      const auto before = n - a.template constant<64>(1);
      auto out = x;
      if constexpr (W == 16) {
        out = trunc<W>(detail::shiftedPair<W>(x, y, x) >> before);
      } else {
        out = trunc<W>(zext<64>(x) >> before);
      }
      const auto of = a.amd() ? detail::topBitsDiffer(r) : msb(x) ^ lsb(y);
      a.flagsResult(r, detail::notBeyond16<W>(a, n, lsb(out)), of, a.bit(a.amd()));
    });
  }
};

}  // namespace duet::tcg::sem
