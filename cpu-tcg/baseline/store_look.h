// A closer look at a store into a page that is not quiet, as code: most of them are data beside code.
#pragma once

#include <cstddef>

#include "cpu-tcg/baseline/frame.h"
#include "cpu-tcg/baseline/registers.h"

namespace duet::tcg::baseline {

// For code that was called, with RSP eight below the frame: host address T1, Frame::written bytes, 64 at most, T0 in the page of
// the code that runs (as Block::position). T0 becomes 0 if Ram need not be told: what noteCodeWrite() would look at says so
// (ram.h), and the store is into another page than the code, whose version may have ended. Leaves flags and all other registers.
inline void emitLook(x86::Assembler& a) {
  const auto frame = [](size_t offset, u32 size = 8) {
    return x86::Mem(x86::rsp, static_cast<i32>(offset) + 8, size);
  };
  const asmjit::Label done = a.newLabel(), same = a.newLabel(), other = a.newLabel(), code = a.newLabel();
  a.mov(frame(offsetof(Frame, lookSaved)), kT2);
  a.mov(frame(offsetof(Frame, lookSaved) + 8), x86::rdx);
  a.lock().not_(frame(offsetof(Frame, fence), 4));
  // T2: the page's number. That of the code is another one: T0 - T2 is not 0.
  a.pext(kT2, kT1, frame(offsetof(Frame, pageMask)));
  a.pext(kT0, kT0, frame(offsetof(Frame, pageMask)));
  a.mov(x86::rdx, frame(offsetof(Frame, arenaPage)));
  a.lea(kT0, x86::ptr(kT0, x86::rdx));
  a.not_(kT0);
  a.lea(kT0, x86::ptr(kT0, kT2, 0, 1));
  a.mov(x86::rdx, frame(offsetof(Frame, states)));
  a.jecxz(kT0, same);
  a.jmp(other);
  a.bind(same);
  a.lea(kT0, x86::ptr(kT0, 1));
  a.jmp(done);
  a.bind(other);
  // The page is dirty and watched, nobody clears marks, and there is code.
  a.mov(kT0, x86::ptr(x86::rdx, kT2, 3, -4, 8));
  a.pext(kT0, kT0, frame(offsetof(Frame, lookMask)));
  a.lea(kT0, x86::ptr(kT0, -0b1011));
  a.jecxz(kT0, code);
  a.jmp(done);
  a.bind(code);
  // Of the first byte's granule and of the last one's.
  a.mov(x86::rdx, frame(offsetof(Frame, codeMasks)));
  a.mov(x86::rdx, x86::ptr(x86::rdx, kT2, 3, 0, 8));
  a.rorx(kT0, kT1, 6);
  a.shrx(kT2, x86::rdx, kT0);
  a.mov(kT0.r32(), frame(offsetof(Frame, written), 4));
  a.lea(kT0, x86::ptr(kT1, kT0, 0, -1));
  a.rorx(kT0, kT0, 6);
  a.shrx(kT0, x86::rdx, kT0);
  a.pext(kT2, kT2, frame(offsetof(Frame, one)));
  a.pext(kT0, kT0, frame(offsetof(Frame, one)));
  a.lea(kT0, x86::ptr(kT0, kT2));
  a.bind(done);
  a.mov(kT2, frame(offsetof(Frame, lookSaved)));
  a.mov(x86::rdx, frame(offsetof(Frame, lookSaved) + 8));
}

}  // namespace duet::tcg::baseline
