// The look into the jump cache, as code (jump_table.h).
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

// Of the guest address in T0, for code of level 3 or of the others: its entry to T1; T0 is 0 if it has the code. If not, the thunk
// `second` looks for another one (emitSecondLook()).
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

// For code that was called, with RSP eight below the frame, where emitJumpLookup() has left T0 other than 0: likewise again, among
// those that other addresses drove out. Leaves flags and all other registers.
inline void emitSecondLook(x86::Assembler& a) {
  const auto frame = [](size_t offset) { return x86::qword_ptr(x86::rsp, static_cast<i32>(offset) + 8); };
  const asmjit::Label same = a.newLabel(), done = a.newLabel();
  a.mov(frame(offsetof(Frame, lookSaved)), x86::rdx);
  // The key (JumpTable::put()): without the sum.
  a.not_(kT2);
  a.lea(kT0, x86::ptr(kT0, kT2, 0, 1));
  a.rorx(kT2, kT0, JumpTable::kHashShift);
  a.lea(kT2, x86::ptr(kT2, kT1));
  a.pdep(kT2, kT2, frame(offsetof(Frame, secondMask)));
  a.mov(x86::rdx, frame(offsetof(Frame, jumpTable)));
  a.lea(kT2, x86::ptr(x86::rdx, kT2, 0, JumpTable::kSecondAt));
  a.mov(x86::rdx, x86::qword_ptr(kT2, offsetof(SecondEntry, first)));
  a.lea(x86::rdx, x86::ptr(x86::rdx, kT1));
  a.mov(kT1, kT2);
  a.mov(kT2, x86::qword_ptr(kT1));
  a.lea(kT0, x86::ptr(kT0, kT2));
  a.jecxz(kT0, same);
  a.jmp(done);
  a.bind(same);
  a.mov(kT0, x86::rdx);
  a.bind(done);
  a.mov(x86::rdx, frame(offsetof(Frame, lookSaved)));
}

}  // namespace duet::tcg::baseline
