// String instructions with their repeat prefixes. They move whole pages at a time where that cannot be
// told from moving one element at a time, so they are functions of the context, which every tier calls.
//
// rSI, rDI and rCX are current at every fault, so the instruction restarts where it stopped. A long
// repetition leaves after a bounded number of elements with nextRip at itself and kLeaveEvents set.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg::sem {

struct Movs {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Stos {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Lods {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Cmps {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Scas {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Ins {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Outs {
  static void run(Context& ctx, const isa::Insn& insn);
};

}  // namespace duet::tcg::sem
