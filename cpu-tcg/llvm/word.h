// The values of the algebra over LLVM's IR (cpu-tcg/sem/algebra.h): W bits, one bit.
#pragma once

#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Intrinsics.h>

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::region {

using Builder = llvm::IRBuilder<>;
using llvm::Value;

class Emitter;
// What this thread builds.
inline thread_local Emitter* current = nullptr;
inline thread_local Builder* building = nullptr;

struct Bit {
  Value* v;
  friend Bit operator&(Bit x, Bit y) { return {building->CreateAnd(x.v, y.v)}; }
  friend Bit operator|(Bit x, Bit y) { return {building->CreateOr(x.v, y.v)}; }
  friend Bit operator^(Bit x, Bit y) { return {building->CreateXor(x.v, y.v)}; }
  friend Bit operator!(Bit x) { return {building->CreateNot(x.v)}; }
};

inline llvm::IntegerType* intType(unsigned width) { return building->getIntNTy(width); }
inline Value* number(unsigned width, u64 v) { return llvm::ConstantInt::get(intType(width), v); }

template <unsigned W>
struct Word {
  static constexpr unsigned kWidth = W;
  Value* v;

  static Value* count(Word n) { return building->CreateAnd(n.v, number(W, W - 1)); }
  friend Word operator+(Word x, Word y) { return {building->CreateAdd(x.v, y.v)}; }
  friend Word operator-(Word x, Word y) { return {building->CreateSub(x.v, y.v)}; }
  friend Word operator&(Word x, Word y) { return {building->CreateAnd(x.v, y.v)}; }
  friend Word operator|(Word x, Word y) { return {building->CreateOr(x.v, y.v)}; }
  friend Word operator^(Word x, Word y) { return {building->CreateXor(x.v, y.v)}; }
  friend Word operator~(Word x) { return {building->CreateNot(x.v)}; }
  friend Word operator<<(Word x, Word n) { return {building->CreateShl(x.v, count(n))}; }
  friend Word operator>>(Word x, Word n) { return {building->CreateLShr(x.v, count(n))}; }
  friend Word operator<<(Word x, unsigned n) { return {building->CreateShl(x.v, n)}; }
  friend Word operator>>(Word x, unsigned n) { return {building->CreateLShr(x.v, n)}; }
  friend Bit operator==(Word x, Word y) { return {building->CreateICmpEQ(x.v, y.v)}; }
  friend Bit operator!=(Word x, Word y) { return {building->CreateICmpNE(x.v, y.v)}; }
};

template <unsigned N, unsigned W>
Word<N> zext(Word<W> x) {
  static_assert(N >= W);
  return {building->CreateZExt(x.v, intType(N))};
}
template <unsigned N, unsigned W>
Word<N> sext(Word<W> x) {
  static_assert(N >= W);
  return {building->CreateSExt(x.v, intType(N))};
}
template <unsigned N, unsigned W>
Word<N> trunc(Word<W> x) {
  static_assert(N <= W);
  return {building->CreateTrunc(x.v, intType(N))};
}
template <unsigned N>
Word<N> word(Bit b) {
  return {building->CreateZExt(b.v, intType(N))};
}

template <unsigned W>
Word<W> sar(Word<W> x, unsigned n) {
  return {building->CreateAShr(x.v, n)};
}
template <unsigned W>
Word<W> sar(Word<W> x, Word<W> n) {
  return {building->CreateAShr(x.v, Word<W>::count(n))};
}
template <unsigned W>
Word<W> rotl(Word<W> x, Word<W> n) {
  return {building->CreateIntrinsic(intType(W), llvm::Intrinsic::fshl, {x.v, x.v, n.v})};
}
template <unsigned W>
Word<W> rotr(Word<W> x, Word<W> n) {
  return {building->CreateIntrinsic(intType(W), llvm::Intrinsic::fshr, {x.v, x.v, n.v})};
}

template <unsigned W>
Bit ult(Word<W> x, Word<W> y) {
  return {building->CreateICmpULT(x.v, y.v)};
}
template <unsigned W>
Bit ule(Word<W> x, Word<W> y) {
  return {building->CreateICmpULE(x.v, y.v)};
}
template <unsigned W>
Bit slt(Word<W> x, Word<W> y) {
  return {building->CreateICmpSLT(x.v, y.v)};
}
template <unsigned W>
Bit sle(Word<W> x, Word<W> y) {
  return {building->CreateICmpSLE(x.v, y.v)};
}
template <unsigned W>
Word<W> select(Bit c, Word<W> x, Word<W> y) {
  return {building->CreateSelect(c.v, x.v, y.v)};
}
template <unsigned W>
Bit msb(Word<W> x) {
  return {building->CreateICmpSLT(x.v, number(W, 0))};
}
template <unsigned W>
Bit lsb(Word<W> x) {
  return {building->CreateTrunc(x.v, intType(1))};
}
template <unsigned W>
Bit isZero(Word<W> x) {
  return {building->CreateICmpEQ(x.v, number(W, 0))};
}

template <unsigned W>
Word<W> popcount(Word<W> x) {
  return {building->CreateUnaryIntrinsic(llvm::Intrinsic::ctpop, x.v)};
}
template <unsigned W>
Word<W> countTrailing(Word<W> x) {
  return {building->CreateBinaryIntrinsic(llvm::Intrinsic::cttz, x.v, building->getFalse())};
}
template <unsigned W>
Word<W> countLeading(Word<W> x) {
  return {building->CreateBinaryIntrinsic(llvm::Intrinsic::ctlz, x.v, building->getFalse())};
}
template <unsigned W>
Word<W> byteSwap(Word<W> x) {
  if constexpr (W == 8) return x;
  return {building->CreateUnaryIntrinsic(llvm::Intrinsic::bswap, x.v)};
}

template <unsigned W>
sem::Wide<Word<W>> multiply(Word<W> x, Word<W> y) {
  Value* p = building->CreateMul(zext<2 * W>(x).v, zext<2 * W>(y).v);
  return {{building->CreateTrunc(p, intType(W))},
          {building->CreateTrunc(building->CreateLShr(p, W), intType(W))}};
}
template <unsigned W>
sem::Wide<Word<W>> multiplySigned(Word<W> x, Word<W> y) {
  Value* p = building->CreateMul(sext<2 * W>(x).v, sext<2 * W>(y).v);
  return {{building->CreateTrunc(p, intType(W))},
          {building->CreateTrunc(building->CreateLShr(p, W), intType(W))}};
}

// Division where the dividend is the lower half extended; all else, and what overflows, leaves the region before the instruction.
void leaveUnless(Bit good);

template <unsigned W>
sem::Quotient<Word<W>, Bit> divide(Word<W> hi, Word<W> lo, Word<W> d) {
  leaveUnless(isZero(hi) & !isZero(d));
  return {{building->CreateUDiv(lo.v, d.v)}, {building->CreateURem(lo.v, d.v)}, {building->getFalse()}};
}
template <unsigned W>
sem::Quotient<Word<W>, Bit> divideSigned(Word<W> hi, Word<W> lo, Word<W> d) {
  const Bit least{
      building->CreateICmpEQ(lo.v, llvm::ConstantInt::get(intType(W), llvm::APInt::getSignedMinValue(W)))};
  const Bit minusOne{
      building->CreateICmpEQ(d.v, llvm::ConstantInt::get(intType(W), llvm::APInt::getAllOnes(W)))};
  leaveUnless((hi == sar(lo, W - 1)) & !isZero(d) & !(least & minusOne));
  return {{building->CreateSDiv(lo.v, d.v)}, {building->CreateSRem(lo.v, d.v)}, {building->getFalse()}};
}

}  // namespace duet::tcg::region
