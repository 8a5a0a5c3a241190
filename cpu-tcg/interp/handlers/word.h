// The integers of the interpreter's algebra: exactly W bits, no promotion, no conversion to bool.
#pragma once

#include <bit>
#include <type_traits>

#include "core/base/types.h"
#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::interp {

template <unsigned W>
struct RawOf;
template <>
struct RawOf<8> {
  using Type = u8;
  using Signed = i8;
};
template <>
struct RawOf<16> {
  using Type = u16;
  using Signed = i16;
};
template <>
struct RawOf<32> {
  using Type = u32;
  using Signed = i32;
};
template <>
struct RawOf<64> {
  using Type = u64;
  using Signed = i64;
};
template <>
struct RawOf<128> {
  using Type = u128;
  using Signed = i128;
};
template <unsigned W>
using Raw = typename RawOf<W>::Type;
template <unsigned W>
using RawSigned = typename RawOf<W>::Signed;

struct Bit {
  bool v;
  friend Bit operator&(Bit x, Bit y) { return {x.v && y.v}; }
  friend Bit operator|(Bit x, Bit y) { return {x.v || y.v}; }
  friend Bit operator^(Bit x, Bit y) { return {x.v != y.v}; }
  friend Bit operator!(Bit x) { return {!x.v}; }
};

template <unsigned W>
struct Word {
  static constexpr unsigned kWidth = W;
  using T = Raw<W>;
  T v;

  friend Word operator+(Word x, Word y) { return {static_cast<T>(x.v + y.v)}; }
  friend Word operator-(Word x, Word y) { return {static_cast<T>(x.v - y.v)}; }
  friend Word operator&(Word x, Word y) { return {static_cast<T>(x.v & y.v)}; }
  friend Word operator|(Word x, Word y) { return {static_cast<T>(x.v | y.v)}; }
  friend Word operator^(Word x, Word y) { return {static_cast<T>(x.v ^ y.v)}; }
  friend Word operator~(Word x) { return {static_cast<T>(~x.v)}; }
  friend Word operator<<(Word x, Word n) { return {static_cast<T>(x.v << (n.v & (W - 1)))}; }
  friend Word operator>>(Word x, Word n) { return {static_cast<T>(x.v >> (n.v & (W - 1)))}; }
  friend Word operator<<(Word x, unsigned n) { return {static_cast<T>(x.v << n)}; }
  friend Word operator>>(Word x, unsigned n) { return {static_cast<T>(x.v >> n)}; }
  friend Bit operator==(Word x, Word y) { return {x.v == y.v}; }
  friend Bit operator!=(Word x, Word y) { return {x.v != y.v}; }
};

template <unsigned W>
RawSigned<W> asSigned(Word<W> x) {
  return static_cast<RawSigned<W>>(x.v);
}

template <unsigned N, unsigned W>
Word<N> zext(Word<W> x) {
  static_assert(N >= W);
  return {static_cast<Raw<N>>(x.v)};
}
template <unsigned N, unsigned W>
Word<N> sext(Word<W> x) {
  static_assert(N >= W);
  return {static_cast<Raw<N>>(static_cast<RawSigned<N>>(asSigned(x)))};
}
template <unsigned N, unsigned W>
Word<N> trunc(Word<W> x) {
  static_assert(N <= W);
  return {static_cast<Raw<N>>(x.v)};
}
template <unsigned N>
Word<N> word(Bit b) {
  return {static_cast<Raw<N>>(b.v)};
}

template <unsigned W>
Word<W> sar(Word<W> x, unsigned n) {
  return {static_cast<Raw<W>>(asSigned(x) >> n)};
}
template <unsigned W>
Word<W> sar(Word<W> x, Word<W> n) {
  return sar(x, static_cast<unsigned>(n.v & (W - 1)));
}
template <unsigned W>
Word<W> rotl(Word<W> x, Word<W> n) {
  return {std::rotl(x.v, static_cast<int>(n.v))};
}
template <unsigned W>
Word<W> rotr(Word<W> x, Word<W> n) {
  return {std::rotr(x.v, static_cast<int>(n.v))};
}

template <unsigned W>
Bit ult(Word<W> x, Word<W> y) {
  return {x.v < y.v};
}
template <unsigned W>
Bit ule(Word<W> x, Word<W> y) {
  return {x.v <= y.v};
}
template <unsigned W>
Bit slt(Word<W> x, Word<W> y) {
  return {asSigned(x) < asSigned(y)};
}
template <unsigned W>
Bit sle(Word<W> x, Word<W> y) {
  return {asSigned(x) <= asSigned(y)};
}
template <unsigned W>
Word<W> select(Bit c, Word<W> x, Word<W> y) {
  return c.v ? x : y;
}
template <unsigned W>
Bit msb(Word<W> x) {
  return {asSigned(x) < 0};
}
template <unsigned W>
Bit lsb(Word<W> x) {
  return {static_cast<bool>(x.v & 1)};
}
template <unsigned W>
Bit isZero(Word<W> x) {
  return {x.v == 0};
}

template <unsigned W>
Word<W> popcount(Word<W> x) {
  return {static_cast<Raw<W>>(std::popcount(x.v))};
}
template <unsigned W>
Word<W> countTrailing(Word<W> x) {
  return {static_cast<Raw<W>>(std::countr_zero(x.v))};
}
template <unsigned W>
Word<W> countLeading(Word<W> x) {
  return {static_cast<Raw<W>>(std::countl_zero(x.v))};
}
template <unsigned W>
Word<W> byteSwap(Word<W> x) {
  if constexpr (W == 8) return x;
  if constexpr (W == 16) return {__builtin_bswap16(x.v)};
  if constexpr (W == 32) return {__builtin_bswap32(x.v)};
  if constexpr (W == 64) return {__builtin_bswap64(x.v)};
}

template <unsigned W>
sem::Wide<Word<W>> multiply(Word<W> x, Word<W> y) {
  const auto p = zext<2 * W>(x).v * zext<2 * W>(y).v;
  return {{static_cast<Raw<W>>(p)}, {static_cast<Raw<W>>(p >> W)}};
}
template <unsigned W>
sem::Wide<Word<W>> multiplySigned(Word<W> x, Word<W> y) {
  const auto p = static_cast<RawSigned<2 * W>>(asSigned(x)) * asSigned(y);
  return {{static_cast<Raw<W>>(p)}, {static_cast<Raw<W>>(p >> W)}};
}

template <unsigned W>
sem::Quotient<Word<W>, Bit> divide(Word<W> hi, Word<W> lo, Word<W> d) {
  if (hi.v >= d.v) return {lo, hi, {true}};
  if constexpr (W == 64) {
    if (hi.v == 0) return {{lo.v / d.v}, {lo.v % d.v}, {false}};
  }
  const auto n = static_cast<Raw<2 * W>>((zext<2 * W>(hi).v << W) | lo.v);
  return {{static_cast<Raw<W>>(n / d.v)}, {static_cast<Raw<W>>(n % d.v)}, {false}};
}

template <unsigned W>
sem::Quotient<Word<W>, Bit> divideSigned(Word<W> hi, Word<W> lo, Word<W> d) {
  using S = RawSigned<2 * W>;
  const auto n = static_cast<Raw<2 * W>>((zext<2 * W>(hi).v << W) | lo.v);
  const bool leastByMinusOne =
      n == static_cast<Raw<2 * W>>(Raw<2 * W>{1} << (2 * W - 1)) && asSigned(d) == -1;
  if (d.v == 0 || leastByMinusOne) return {lo, hi, {true}};  // the host's division would trap
  const S s = static_cast<S>(n), q = static_cast<S>(s / asSigned(d)), r = static_cast<S>(s % asSigned(d));
  const bool overflow = q != static_cast<S>(static_cast<RawSigned<W>>(q));
  return {{static_cast<Raw<W>>(q)}, {static_cast<Raw<W>>(r)}, {overflow}};
}

}  // namespace duet::tcg::interp
