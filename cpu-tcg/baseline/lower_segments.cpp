// Segment registers: what they hold, and loading them in real and virtual-8086 mode, where the selector is the base.
#include <cstddef>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

const SegmentRegister& registerOf(const CodeWriter& w, unsigned n) {
  return w.setup.places.ctx->arch.segment[n];
}

void require0(CodeWriter& w, const x86::Mem& word) {
  w.a.mov(w.host(kT0, word.size()), word);
  w.requireZero();
}

// ES, DS, FS and GS, where nothing but selector and base changes, and nobody has still to write down the old selector of x87's.
// (After SS interrupts wait.)
bool beginLoad(CodeWriter& w, unsigned n) {
  const bool isProtected = w.place.key & kProtected;
  if (isProtected || n == kCs || n == kSs || n > kGs) return false;
  require0(w, w.frame(FRAME(reloads) + 8 * n, 8));
  require0(w, w.frame(FRAME(x87Segment), 4));
  return true;
}

// By the selector in T0, zero-extended.
void finishLoad(CodeWriter& w, unsigned n) {
  const SegmentRegister& s = registerOf(w, n);
  w.a.mov(w.context(&s.selector, 2), kT0.r16());
  w.a.lea(kT0.r32(), x86::Mem(0, kT0, 3, 0));
  w.a.lea(kT0.r32(), x86::ptr(kT0, kT0));
  w.a.mov(w.context(&s.base, 8), kT0);
}

bool lowerMovToSeg(CodeWriter& w) {
  const Operand& from = w.insn().op[1];
  const unsigned n = w.insn().op[0].reg;
  if (!beginLoad(w, n)) return false;
  if (from.kind == OperandKind::Memory) {
    w.address(2);
    w.probe(2, false);
    w.a.movzx(kT0.r32(), w.pointer(2));
  } else {
    w.a.movzx(kT0.r32(), w.use(from.reg, 2, kT0));
  }
  finishLoad(w, n);
  return true;
}

bool lowerPopSeg(CodeWriter& w) {
  const unsigned n = w.insn().op[0].reg;
  if (!beginLoad(w, n)) return false;
  probePop(w);
  w.a.movzx(kT0.r32(), w.pointer(2));
  finishLoad(w, n);
  finishPop(w);
  return true;
}

// LES, LDS, LFS, LGS.
bool lowerLoadFar(CodeWriter& w) {
  const BlockInsn& i = w.insn();
  const unsigned n = i.opcode == 0xc4 ? kEs : i.opcode == 0xc5 ? kDs : i.opcode == 0xb4 ? kFs : kGs;
  const bool isSs = i.opcode == 0xb2;
  if (isSs || !beginLoad(w, n)) return false;
  const unsigned size = i.opSize;
  w.address(size + 2);
  w.probe(size + 2, false);
  w.a.mov(w.host(kT0, size), w.pointer(size));
  w.a.mov(w.frame(FRAME(scratch), 8), kT0);
  x86::Mem selector = w.pointer(2);
  selector.addOffset(size);
  w.a.movzx(kT0.r32(), selector);
  finishLoad(w, n);
  w.a.mov(kT0, w.frame(FRAME(scratch), 8));
  setRegister(w, i.op[0].reg, size);
  return true;
}

bool lowerMovFromSeg(CodeWriter& w) {
  const BlockInsn& i = w.insn();
  if (i.op[1].reg > kGs) return false;
  const x86::Mem selector = w.context(&registerOf(w, i.op[1].reg).selector, 2);
  if (i.op[0].kind == OperandKind::Gpr) {
    w.a.movzx(kT0.r32(), selector);
    setRegister(w, i.op[0].reg, i.opSize);
    return true;
  }
  if (!w.address(2)) return false;
  w.probe(2, true);
  w.a.movzx(kT0.r32(), selector);
  w.a.mov(w.pointer(2), kT0.r16());
  w.checkStore();
  return true;
}

// With a 32-bit operand Intel's processors write 16 bits and leave the rest of the word alone; AMD's write zeros.
bool lowerPushSeg(CodeWriter& w) {
  const unsigned word = w.insn().opSize;
  const bool narrow = word == 4 && !w.setup.places.ctx->amd;
  const unsigned size = narrow ? 2 : word;
  if (w.wide() && word != 8) return false;
  probePush(w, size);
  w.a.movzx(kT0.r32(), w.context(&registerOf(w, w.insn().op[0].reg).selector, 2));
  w.a.mov(w.pointer(size), w.host(kT0, size));
  finishPush(w);
  return true;
}

}  // namespace

bool lowerSegment(CodeWriter& w, std::string_view sem) {
  if (sem == "MovFromSeg") return lowerMovFromSeg(w);
  return sem == "PushSeg" && lowerPushSeg(w);
}

bool lowerSegmentLoad(CodeWriter& w, std::string_view sem) {
  const bool done = sem == "MovToSeg"     ? lowerMovToSeg(w)
                    : sem == "PopSeg"     ? lowerPopSeg(w)
                    : sem == "LoadFarPtr" ? lowerLoadFar(w)
                                          : false;
  if (done) w.exitTo(w.nextRip());
  return done;
}

}  // namespace duet::tcg::baseline
