// Near branches. W is the operand size: the target is truncated to it. A target that is non-canonical
// or over the CS limit faults at the branch.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

struct Jmp : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.jump(a.template target<W>());
  }
};

struct Jcc : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.jumpWhen(a.condition(), a.template target<W>());
  }
};

struct Call : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto target = a.template target<W>();
    // A stack that cannot be written comes first on AMD's processors (seen on Zen 4).
    if (a.amd()) a.template stackProbe<W>(a.stackPointer() - a.template constant<64>(W / 8));
    a.checkTarget(target);
    a.template push<W>(trunc<W>(a.nextIp()));
    a.jump(target);
  }
};

struct Ret : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto sp = a.stackPointer();
    const auto target = zext<64>(a.template stackLoad<W>(sp));
    a.jump(target);
    const u64 extra = a.isImmediate(0) ? a.insn().imm & 0xffff : 0;
    a.setStackPointer(sp + a.template constant<64>(W / 8 + extra));
  }
};

// JCXZ, JECXZ, JRCXZ: the count register by address size.
struct Jcxz : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.jumpWhen(isZero(a.pointer(kRcx)), a.template target<W>());
  }
};

namespace detail {

template <unsigned W, class A>
void loopWhen(A& a, typename A::Bit condition) {
  const auto count = a.wrapAddress(a.pointer(kRcx) - a.template constant<64>(1));
  a.jumpWhen((!isZero(count)) & condition, a.template target<W>());
  a.setPointer(kRcx, count);
}

// LOOPE and LOOPNE. On AMD's processors REPE and REPNE before them say the condition, whatever the opcode (seen on Zen 4).
template <unsigned W, class A>
void loopOnZero(A& a, bool zero) {
  if (a.amd() && a.insn().has(isa::kPrefixRep)) zero = true;
  if (a.amd() && a.insn().has(isa::kPrefixRepne)) zero = false;
  const auto flag = a.template flag<kFlagZf>();
  loopWhen<W>(a, zero ? flag : !flag);
}

}  // namespace detail

struct Loop : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::loopWhen<W>(a, a.bit(true));
  }
};

struct Loope : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::loopOnZero<W>(a, true);
  }
};

struct Loopne : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    detail::loopOnZero<W>(a, false);
  }
};

}  // namespace duet::tcg::sem
