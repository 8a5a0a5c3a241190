// What a semantic function is written over.
//
// A semantic function is the one description of what an instruction does:
//
//   struct Add {
//     template <unsigned W, class A> static void run(A& a);
//   };
//
// W is the operand width in bits (8, 16, 32, 64). A is an algebra: over integers it makes the
// interpreter's handler (cpu-tcg/interp/handlers), over an IR builder it makes compiled code. So a body
// never branches in C++ on a guest value: it selects (`select`), guards (`a.when`) or raises
// (`a.raiseWhen`). It may branch on what is known when the instruction is decoded: `a.insn()`, `a.isMemory(n)`, W.
//
// Order in every body: read, compute, write memory, write registers, set flags. Whatever can fault comes
// before the first thing the guest can see, so a fault leaves the instruction restartable.
//
// Values, with W in 8, 16, 32, 64, 128:
//   A::Word<W>   W bits; operators + - * & | ^ ~ << >> (logical; by a Word<W> or a C++ unsigned below W), == !=
//   A::Bit       one bit; operators & | ^ !; no conversion to bool
// Functions found by argument:
//   zext<N>(x) sext<N>(x) trunc<N>(x)   N-bit copies;  word<N>(bit) is 0 or 1
//   sar(x, n)  rotl(x, n)  rotr(x, n)   n below W
//   ult(x, y) ule slt sle               comparisons, unsigned and signed
//   select(bit, x, y)   msb(x)   lsb(x)   isZero(x)   bitAt(x, n) with n below W
//   popcount(x)   countTrailing(x)   countLeading(x) (W for 0)   byteSwap(x)
//   multiply(x, y)   multiplySigned(x, y)                  Wide{lo, hi}
//   divide(hi, lo, d)   divideSigned(hi, lo, d)            Quotient{quotient, remainder, overflow}
//
// Members of an algebra:
//   insn()                  the decoded instruction (a constant of the translation)
//   constant<W>(n)          a Word<W>;  bit(bool) is a Bit
//   isMemory(n), isImmediate(n), isRegister(n)   kind of operand n
//  operands
//   read<W>(n)              operand n; an immediate is truncated to W
//   readZext<W>(n), readSext<W>(n)   operand n at its own, narrower size, extended
//   write<W>(n, v)          a 32-bit register write clears bits 63:32
//   modify<W>(n, fn)        Change{old, now}: reads, computes now = fn(old), writes. A memory operand is
//                           checked for writing first, so faults carry W=1 as hardware's do. With LOCK
//                           the three are atomic (fn may then run more than once)
//   exchange<W>(n, v)       the old value; always atomic in memory (XCHG)
//   modifyAt<W>(d, fn), readAt<W>(d)   the memory operand displaced by Word<64> d bytes
//   address()               effective address of the memory operand, truncated to the address size, Word<64>
//   load<W>(seg, offset), store<W>(seg, offset, v)
//   requireAligned(bytes)   #GP(0) unless the memory operand's linear address is aligned
//  registers
//   reg<W>(r), setReg<W>(r, v); r is a GPR number
//   pointer(r), setPointer(r, v)   GPR at the instruction's address size, as Word<64>
//   wrapAddress(v)          v truncated to the address size
//  flags
//   flagsAdd(x, y, r) flagsAdc(x, y, r) flagsSub(x, y, r) flagsSbb(x, y, r)   r = x op y (op carry)
//   flagsLogic(r)           SF ZF PF of r; CF OF AF clear
//   flagsInc(r) flagsDec(r) all but CF
//   flagsResult(r, cf, of, af)   SF ZF PF of r and the others as given
//   flagsProduct(lo, wide)  CF = OF = wide, SF PF of lo, ZF AF clear
//   flagsScan(r, none)      ZF = none, PF of r or set for none, others clear
//   setArithmeticFlags(cf, pf, af, zf, sf, of)
//   setCarryOverflow(cf, of)   these two alone
//   flag<F>() is a Bit, setFlag<F>(bit): one flag by its kFlag… mask;  carry<W>() is CF as a Word<W>
//   condition()             the condition in the low four bits of the opcode (SDM vol. 1 appendix B)
//   setDirection(bool)      DF
//   flagsByte(), setFlagsByte(v)   bits 7:0 of FLAGS as Word<8> (LAHF, SAHF)
//  stack (at SS, wrapped to the stack size)
//   stackPointer()          rSP at the stack size, Word<64>
//   stackLoad<W>(sp), stackStore<W>(sp, v), stackProbe<W>(sp): the last only checks for writing
//   stackRegister(sp)       the whole of rSP as setStackPointer(sp) would leave it, Word<64>
//   setStackPointer(sp)     bits above the stack size as hardware leaves them
//   push<W>(v)              store, then move rSP
//   addressAfterPop(bytes)  address(), had rSP already been raised by `bytes`
//  control
//   nextIp()                address after this instruction, Word<64>
//   target<W>()             where a branch by operand 0 goes, truncated to W
//   checkTarget(t)          #GP(0) when non-canonical or over the CS limit
//   jump(t), jumpWhen(bit, t)   checkTarget, then go there
//   when(bit, fn)           fn() if the bit is set
//   raiseWhen(bit, vector)  an exception without error code
//  others
//   amd()                   the CPU model is AMD's (bool, known when decoding): what the manual leaves undefined differs
//   random<W>()             from the host
#pragma once

#include <concepts>

#include "core/cpu/cpu_state.h"
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::tcg::sem {

// Which widths a body is made for, when not all four.
struct NotByte {
  static constexpr unsigned kMinWidth = 16;
};
template <unsigned W>
struct OnlyWidth {
  static constexpr unsigned kWidth = W;
};

// Both values of a read-modify-write.
template <class Word>
struct Change {
  Word old, now;
};

// A double-width product.
template <class Word>
struct Wide {
  Word lo, hi;
};

template <class Word, class Bit>
struct Quotient {
  Word quotient, remainder;
  Bit overflow;  // divisor 0 or quotient too wide: #DE
};

// The part of the contract that can be said in types; the rest shows when a body is instantiated.
template <class A>
concept Algebra = requires(A& a, typename A::template Word<32> word, typename A::Bit bit) {
  { a.insn() } -> std::convertible_to<const isa::Insn&>;
  { a.template constant<32>(0) } -> std::same_as<typename A::template Word<32>>;
  { a.template read<32>(0u) } -> std::same_as<typename A::template Word<32>>;
  { a.template reg<32>(0u) } -> std::same_as<typename A::template Word<32>>;
  { a.condition() } -> std::same_as<typename A::Bit>;
  { word + word } -> std::same_as<typename A::template Word<32>>;
  { bit& bit } -> std::same_as<typename A::Bit>;
  a.flagsAdd(word, word, word);
  a.flagsLogic(word);
  a.raiseWhen(bit, kExcDE);
};

}  // namespace duet::tcg::sem
