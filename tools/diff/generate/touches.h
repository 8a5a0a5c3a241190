// Code in front of a case's own that touches what it will access, so that translated code finds it in its TLB.
#pragma once

#include <vector>

#include "core/cpu/cpu_state.h"
#include "cpu-tcg/isa/insn.h"

namespace duet::diff {

// A byte as an operand names it.
struct Touch {
  tcg::isa::SegReg segment;
  unsigned addressSize;  // bytes
  u64 offset;
  bool write;  // it is written, too, as it was read
};

class Touches {
 public:
  // Only what is added from now on.
  void begin() { wanted_ = true; }
  bool wanted() const { return wanted_; }
  void add(const Touch& touch);
  // To stand before the code that `start` begins with. It changes nothing else, and ends in a jump right behind itself, so that what
  // follows is a block of its own. Empty where nothing was added, or it cannot stand there.
  std::vector<u8> before(const CpuState& start, tcg::isa::CodeMode mode) const;

 private:
  bool wanted_ = false;
  std::vector<Touch> touches_;
};

}  // namespace duet::diff
