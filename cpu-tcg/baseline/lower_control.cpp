// Control and status words of the vector and x87 units, and fences: done on the processor's own, which hold the guest's.
#include <cstddef>

#include "cpu-tcg/baseline/lowering.h"
#include "cpu-tcg/baseline/mode_key.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

bool isX87(CodeWriter& w) {
  if (!(w.place.key & kX87Usable)) return false;
  w.needX87();
  return true;
}

// The word in T0 goes to slowPath() unless those of its bits that `must` of the frame names are `count` ones, lowest first.
void checkOnes(CodeWriter& w, size_t must, unsigned count) {
  w.a.pext(kT0, kT0, w.frame(must, 8));
  w.a.lea(kT0, x86::ptr(kT0, -((1 << count) - 1)));
  w.requireZero();
}

// Of either form SSE counts as used.
bool lowerMxcsr(CodeWriter& w, bool load) {
  constexpr unsigned kSize = 4;
  const u32 usable = w.insn().row->vex ? kAvxUsable : kSseUsable;
  const bool allBits = (w.setup.places.ctx->native.rules.mxcsrMask & 0xffff) == 0xffff;
  if (!(w.place.key & usable) || !(w.place.key & kSimdMasked) || !allBits || !w.canAddress(kSize))
    return false;
  w.needVectors(Unit::Sse);
  w.needMxcsr();
  w.address(kSize);
  w.probe(kSize, !load);
  if (!load) {
    w.a.stmxcsr(w.pointer(kSize));
    w.checkStore();
    return true;
  }
  w.a.mov(kT0.r32(), w.pointer(kSize));
  w.a.mov(w.frame(FRAME(mxcsr), 4), kT0.r32());
  checkOnes(w, FRAME(mxcsrMasked), 6);
  w.a.ldmxcsr(w.frame(FRAME(mxcsr), 4));
  return true;
}

// FNSTSW and FNSTCW. While everything is masked ES and B are 0, as the processor has them.
template <class Store>
bool lowerStore(CodeWriter& w, Store store) {
  constexpr unsigned kSize = 2;
  if (!w.canAddress(kSize) || !isX87(w)) return false;
  w.address(kSize);
  w.probe(kSize, true);
  store(w.pointer(kSize));
  w.checkStore();
  return true;
}

bool lowerFldcw(CodeWriter& w) {
  constexpr unsigned kSize = 2;
  if (!w.canAddress(kSize) || !isX87(w)) return false;
  w.address(kSize);
  w.probe(kSize, false);
  w.a.movzx(kT0.r32(), w.pointer(kSize));
  w.a.mov(w.frame(FRAME(scratch), 8), kT0);
  checkOnes(w, FRAME(fcwMasked), 6);
  w.a.fldcw(w.frame(FRAME(scratch), kSize));
  w.a.fnstcw(w.context(w.setup.places.ctx->arch.xsave.data() + kXsFcw, kSize));
  return true;
}

}  // namespace

bool lowerControl(CodeWriter& w, std::string_view sem) {
  if (sem == "Ldmxcsr" || sem == "Stmxcsr") return lowerMxcsr(w, sem == "Ldmxcsr");
  if (sem == "FnstswAx") return isX87(w) && (w.a.fnstsw(x86::ax), true);
  if (sem == "FnstswMem") return lowerStore(w, [&](const x86::Mem& to) { w.a.fnstsw(to); });
  if (sem == "Fnstcw") return lowerStore(w, [&](const x86::Mem& to) { w.a.fnstcw(to); });
  if (sem == "Fldcw") return lowerFldcw(w);
  if (sem == "Fwait") return w.place.key & kX87Usable;
  if (sem == "Lfence") return w.a.lfence(), true;
  if (sem == "Mfence") return w.a.mfence(), true;
  if (sem == "Sfence") return w.a.sfence(), true;
  return false;
}

}  // namespace duet::tcg::baseline
