// How far addresses move from one round of a loop to the next: an estimate, on which nothing but speed depends.
#pragma once

#include <span>

#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

class Strides {
 public:
  // Of what the nodes do, once each.
  void add(const Node& node);
  // Whether none of the registers in the address changes by more than a fraction of a page.
  bool areSmall(const isa::MemoryRef& address) const;

 private:
  void add(const isa::Insn& insn);

  u32 jumps_ = 0;  // bit by register: may become anything
};

}  // namespace duet::tcg::region
