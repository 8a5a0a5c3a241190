// The part of the thunks that moves vector registers and MXCSR between the guest's state and the processor.
#pragma once

#include "cpu-tcg/baseline/registers.h"
#include "cpu-tcg/baseline/thunks.h"

namespace duet::tcg::baseline {

class UnitThunks {
 public:
  UnitThunks(const Places& places, x86::Assembler& a);

  // Thunks::vectors, avx and mxcsr, and what the following call. Emitted first.
  void emit(Thunks& out);

  // Inline in thunks, the frame `pushed` bytes from RSP. They clobber flags and temporaries; giveBack() RAX and T0 alone.
  void giveBack(i32 pushed);   // before C++
  void bringBack(i32 pushed);  // after it: what was there
  void forget(i32 pushed);     // after it instead, and at the way in: C++ may have changed anything

 private:
  void storeVectors();
  void storeUppers();
  void loadVectors();
  void loadUppersToo();
  void lookAtUppers();
  void noteUse(size_t others);
  void loadMxcsr();
  void giveMxcsrBack(i32 pushed);

  x86::Mem low(const x86::Gp& frame, unsigned n) const;
  x86::Mem high(const x86::Gp& frame, unsigned n) const;
  x86::Mem guestMxcsr(const x86::Gp& frame) const;

  const Places& places_;
  x86::Assembler& a_;
  const bool avx_;  // the host has upper halves
  asmjit::Label load_, store_, mxcsr_;
};

}  // namespace duet::tcg::baseline
