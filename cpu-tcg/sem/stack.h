// PUSH, POP and frames. rSP moves after the last thing that can fault.
#pragma once

#include "cpu-tcg/sem/algebra.h"

namespace duet::tcg::sem {

// PUSH rSP pushes the old value (80286 and later), and an rSP-relative source uses the old one.
struct Push : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    a.template push<W>(a.template read<W>(0));
  }
};

// A register operand is written after rSP moved (POP rSP keeps the popped value); a memory operand
// addressed by rSP uses the raised rSP (SDM, POP).
struct Pop : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto sp = a.stackPointer();
    const auto v = a.template stackLoad<W>(sp);
    const auto after = sp + a.template constant<64>(W / 8);
    if (a.isMemory(0)) {
      a.template store<W>(a.insn().mem.segment, a.addressAfterPop(W / 8), v);
      a.setStackPointer(after);
    } else {
      a.setStackPointer(after);
      a.template write<W>(0, v);
    }
  }
};

struct Pusha : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto sp = a.stackPointer();
    for (unsigned r = 0; r < 8; ++r)
      a.template stackStore<W>(sp - a.template constant<64>((r + 1) * W / 8), a.template reg<W>(r));
    a.setStackPointer(sp - a.template constant<64>(W));
  }
};

struct Popa : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    if (a.amd()) return runOneByOne<W>(a);
    const auto sp = a.stackPointer();
    const auto at = [&](unsigned r) {
      return a.template stackLoad<W>(sp + a.template constant<64>((7 - r) * W / 8));
    };
    const auto di = at(kRdi), si = at(kRsi), bp = at(kRbp), bx = at(kRbx), dx = at(kRdx), cx = at(kRcx),
               ax = at(kRax);
    a.setStackPointer(sp + a.template constant<64>(W));  // the saved rSP is skipped
    a.template setReg<W>(kRdi, di);
    a.template setReg<W>(kRsi, si);
    a.template setReg<W>(kRbp, bp);
    a.template setReg<W>(kRbx, bx);
    a.template setReg<W>(kRdx, dx);
    a.template setReg<W>(kRcx, cx);
    a.template setReg<W>(kRax, ax);
  }

 private:
  // A fault leaves the registers popped before it changed, and rSP as it was, on AMD's processors; they read the skipped rSP
  // too (seen on Zen 4).
  template <unsigned W, class A>
  static void runOneByOne(A& a) {
    const auto sp = a.stackPointer();
    for (unsigned n = 0; n < 8; ++n) {
      const unsigned r = kRdi - n;
      const auto value = a.template stackLoad<W>(sp + a.template constant<64>(n * W / 8));
      if (r != kRsp) a.template setReg<W>(r, value);
    }
    a.setStackPointer(sp + a.template constant<64>(W));
  }
};

struct Enter : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const unsigned level = a.insn().imm2 & 31;
    const auto bytes = a.template constant<64>(W / 8);
    auto sp = a.stackPointer() - bytes;
    a.template stackStore<W>(sp, a.template reg<W>(kRbp));
    const auto frame = a.stackRegister(sp);  // whole, also where the stack has 16 bits
    auto display = a.template reg<64>(kRbp);
    for (unsigned i = 1; i < level; ++i) {
      display = display - bytes;
      sp = sp - bytes;
      a.template stackStore<W>(sp, a.template stackLoad<W>(display));
    }
    if (level > 0) {
      sp = sp - bytes;
      a.template stackStore<W>(sp, trunc<W>(frame));
    }
    sp = sp - a.template constant<64>(a.insn().imm & 0xffff);
    // ENTER faults where a write at the final rSP would (SDM, ENTER).
    a.template stackProbe<W>(sp);
    a.setStackPointer(sp);
    // In 64-bit mode Intel's manual and processors write all of RBP, AMD's as much as the operand has (seen on Zen 4).
    if (a.insn().mode == isa::CodeMode::Bits64 && !a.amd()) {
      a.template setReg<64>(kRbp, frame);
    } else {
      a.template setReg<W>(kRbp, trunc<W>(frame));
    }
  }
};

struct Leave : NotByte {
  template <unsigned W, class A>
  static void run(A& a) {
    const auto frame = a.template reg<64>(kRbp);
    const auto saved = a.template stackLoad<W>(frame);
    a.setStackPointer(frame + a.template constant<64>(W / 8));
    a.template setReg<W>(kRbp, saved);
  }
};

}  // namespace duet::tcg::sem
