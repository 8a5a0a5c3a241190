// The look into the jump cache, as code (frame.h: JumpEntry).
#pragma once

#include <cstddef>

#include "cpu-tcg/baseline/registers.h"
#include "cpu-tcg/baseline/thunks.h"

namespace duet::tcg::baseline {

// Where code lies whose addresses are offsets (Translator::segmentNumber()).
struct JumpBase {
  u32 base = 0;
  u32 number = 0;
};

// Of the guest address in T0, for code of level 3 or of the others: its entry to T1; T0 is 0 if it has the code.
template <class Assembler>
void emitJumpLookup(Assembler& a, const Places& places, bool user, const JumpBase& at = {}) {
  const auto frame = [](size_t offset) { return x86::qword_ptr(x86::rsp, static_cast<i32>(offset)); };
  const mmu::ExecTlbEntry* page = places.ctx->tlb.execEntries(user);
  a.pext(kT1, kT0, frame(offsetof(Frame, jumpMask)));
  a.lea(kT1, x86::ptr(kT1, kT1));
  a.mov(kT2, frame(offsetof(Frame, jumpTable)));
  a.lea(kT1, x86::ptr(kT2, kT1, 3));
  if (at.base) {
    a.lea(kT2.r32(), x86::ptr(kT0, static_cast<i32>(at.base)));
    a.rorx(kT2, kT2, 12);
  } else {
    a.rorx(kT2, kT0, 12);
  }
  a.pdep(kT2, kT2, frame(offsetof(Frame, execMask)));
  a.mov(kT2.r32(), x86::Mem(x86::rsp, kT2, 0, places.of(&page->shortName), 4));
  a.lea(kT0, x86::ptr(kT0, kT2));
  if (at.number) {
    a.mov(kT2, u64{at.number} << 32);
    a.lea(kT0, x86::ptr(kT0, kT2));
  }
  a.mov(kT2, x86::qword_ptr(kT1));
  a.lea(kT0, x86::ptr(kT0, kT2));
}

}  // namespace duet::tcg::baseline
