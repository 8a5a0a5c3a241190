// General registers of a case while it is made.
#pragma once

#include "core/cpu/cpu_state.h"
#include "tools/diff/generate/random.h"

namespace duet::diff {

// They begin free. An instruction that needs one decides its start value; once an instruction before may have written it,
// nobody can any more.
class RegisterChoice {
 public:
  // `start` outlives this. Not `wide`: R8 to R15 cannot be named, and values have 32 bits.
  RegisterChoice(CpuState& start, bool wide, u64 seed);

  Random& random() { return random_; }
  CpuState& start() { return start_; }

  bool isFree(unsigned gpr) const { return !((decided_ | lost_) >> gpr & 1); }
  // Its value when the instruction begins is the start state's.
  bool isKnown(unsigned gpr) const { return !(lost_ >> gpr & 1); }
  u16 known() const { return static_cast<u16>(~lost_); }
  u64 gpr(unsigned n) const { return start_.gpr[n]; }
  // True when it is free or already has this value (in the low `bytes`).
  bool decide(unsigned gpr, u64 value, unsigned bytes = 8);
  void lose(u16 gprs) { lost_ |= gprs; }

 protected:
  bool isDecided(unsigned gpr) const { return decided_ >> gpr & 1; }

  Random random_;
  CpuState& start_;
  const bool wide_;
  u16 decided_ = 0, lost_ = 0;
};

}  // namespace duet::diff
