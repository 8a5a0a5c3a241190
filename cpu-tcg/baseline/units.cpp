// CodeWriter: which guest registers of the vector and x87 units are in the processor's.
#include <cstddef>

#include "cpu-tcg/baseline/code_writer.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg::baseline {

#define FRAME(member) offsetof(Frame, member)

// A word of the Frame says it for all blocks. Once looked at it stays so until a handler is called: other ways to C++
// bring everything back.
void CodeWriter::need(bool& there, size_t away, u32 thunk) {
  if (there) return;
  const Label done = a.label();
  a.mov(kT0, frame(away, 8));
  a.jecxz(kT0, done);
  a.call(setup.thunksAt + thunk);
  a.bind(done);
  there = true;
}

void CodeWriter::needVectors(Unit unit) {
  if (unit == Unit::Avx) {
    need(units_.avx, FRAME(avxAway), setup.thunks.avx);
    units_.sse = true;
  } else {
    need(units_.sse, FRAME(vectorsAway), setup.thunks.vectors);
  }
}

void CodeWriter::useUppers() {
  if (units_.uppers) return;
  a.mov(frame(FRAME(uppersLive), 8), 1);
  units_.uppers = true;
}

void CodeWriter::zeroedUppers() {
  a.mov(frame(FRAME(uppersLive), 8), 0);
  units_.uppers = false;
}

void CodeWriter::needMxcsr() { need(units_.mxcsr, FRAME(mxcsrAway), setup.thunks.mxcsr); }

// NativeState's flag, as C++ moves these registers, too.
void CodeWriter::needX87() {
  if (units_.x87) return;
  const Label there = a.label();
  a.movzx(kT0.r32(), context(&setup.places.ctx->native.x87Resident, 1));
  a.lea(kT0, x86::ptr(kT0, -1));
  a.jecxz(kT0, there);
  a.call(setup.thunksAt + setup.thunks.x87);
  a.bind(there);
  units_.x87 = true;
}

// --- FIP, FDP, FOP: written down by whoever may look next (recordX87()). Within a block it is known which instruction
// was the last, so Frame is told at its end, and by cold code that calls C++.

void CodeWriter::ranX87(bool memory) {
  x87_.last = static_cast<int>(index_);
  if (!memory) return;
  x87_.data = x87_.last;
  if (wide() || !checksSegment(insn().mem.segment)) return void(a.mov(frame(FRAME(x87Offset), 8), kT1));
  a.mov(kT0, context(&setup.places.ctx->arch.segment[insn().mem.segment].base, 8));
  a.not_(kT0);
  a.lea(kT0.r32(), x86::ptr(kT0, kT1, 0, 1));
  a.mov(frame(FRAME(x87Offset), 8), kT0);
}

void CodeWriter::emitX87(const X87Pointers& x87) {
  const BlockInsn* insns = place.block->insns;
  if (x87.last >= 0) {
    a.mov(frame(FRAME(x87Last), 4), spot(static_cast<unsigned>(x87.last)));
    a.mov(frame(FRAME(x87Opcode), 4), x87Opcode(insns[x87.last].opcode, insns[x87.last].modrm));
  }
  if (x87.data >= 0) a.mov(frame(FRAME(x87Segment), 4), u32{insns[x87.data].mem.segment} + 1);
}

void CodeWriter::settleX87() {
  emitX87(x87_);
  x87_ = {};
}

}  // namespace duet::tcg::baseline
