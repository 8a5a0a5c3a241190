// Vector instructions that touch memory element by element, as their mask says.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// MASKMOVQ, MASKMOVDQU, VMASKMOVDQU; VMASKMOVPS/PD and VPMASKMOVD/Q from and to memory; the gathers.
struct Maskmov {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct VMaskLoad {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct VMaskStore {
  static void run(Context& ctx, const isa::Insn& insn);
};
struct Gather {
  static void run(Context& ctx, const isa::Insn& insn);
};

}  // namespace duet::tcg
