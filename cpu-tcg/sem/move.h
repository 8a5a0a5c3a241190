// Moves, extensions, exchanges, addresses, conditional moves.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

struct Mov {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<W>(0, a.template read<W>(1));
  }
};

struct Movzx : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<W>(0, a.template readZext<W>(1));
  }
};

// MOVSX and MOVSXD.
struct Movsx : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<W>(0, a.template readSext<W>(1));
  }
};

struct Xchg {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    const auto x = a.template exchange<W>(0, y);
    a.template write<W>(1, x);
  }
};

struct Lea : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<W>(0, trunc<W>(a.address()));
  }
};

// The source is read (and may fault) and a 32-bit destination cleared above bit 31 whatever the condition.
struct Cmovcc : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto y = a.template read<W>(1);
    a.template write<W>(0, select(a.condition(), y, a.template read<W>(0)));
  }
};

struct Setcc : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template write<8>(0, word<8>(a.condition()));
  }
};

// CBW, CWDE, CDQE.
struct Cbw : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setReg<W>(kRax, sext<W>(a.template reg<W / 2>(kRax)));
  }
};

// CWD, CDQ, CQO.
struct Cwd : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template setReg<W>(kRdx, sar(a.template reg<W>(kRax), W - 1));
  }
};

struct Xlat : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto offset = a.pointer(kRbx) + zext<64>(a.template reg<8>(kRax));
    a.template setReg<8>(kRax, a.template load<8>(a.insn().mem.segment, a.wrapAddress(offset)));
  }
};

struct Nop : OnlyWidth<8> {
  template <unsigned W, class A>
  static void run(A&) {}
};

}  // namespace duet::tcg::sem
