#include "cpu-tcg/baseline/unit_thunks.h"

#include <cstddef>

#include "core/cpu/cpu_model.h"

namespace duet::tcg::baseline {
namespace {

// The frame, in routines that are called with different depths of stack.
const x86::Gp kStoring = kT0, kLoading = kT2;

x86::Mem at(const x86::Gp& frame, size_t offset, u32 size = 8) {
  return x86::Mem(frame, static_cast<i32>(offset), size);
}

#define FRAME(member) offsetof(Frame, member)

}  // namespace

UnitThunks::UnitThunks(const Places& places, x86::Assembler& a)
    : places_(places), a_(a), avx_(hostFeatures().has(Feature::Avx)) {}

x86::Mem UnitThunks::low(const x86::Gp& frame, unsigned n) const {
  return at(frame, static_cast<size_t>(places_.of(places_.ctx->arch.xsave.data())) + kXsXmm0 + 16 * n, 16);
}
x86::Mem UnitThunks::high(const x86::Gp& frame, unsigned n) const {
  return at(frame, static_cast<size_t>(places_.of(places_.ctx->arch.xsave.data())) + kXsYmmHigh + 16 * n, 16);
}
x86::Mem UnitThunks::guestMxcsr(const x86::Gp& frame) const {
  return at(frame, static_cast<size_t>(places_.of(places_.ctx->arch.xsave.data())) + kXsMxcsr, 4);
}

void UnitThunks::emit(Thunks& out) {
  load_ = a_.newLabel();
  store_ = a_.newLabel();
  mxcsr_ = a_.newLabel();
  const auto here = [&] { return static_cast<u32>(a_.offset()); };
  out.vectors = here();
  a_.lea(kLoading, x86::ptr(x86::rsp, 8));
  a_.bind(load_);
  loadVectors();
  a_.ret();
  out.avx = here();
  a_.lea(kLoading, x86::ptr(x86::rsp, 8));
  const asmjit::Label there = a_.newLabel();
  a_.mov(kT0, at(kLoading, FRAME(vectorsAway)));
  a_.jecxz(kT0, there);
  a_.call(load_);
  a_.bind(there);
  noteUse(FRAME(notAvx));
  a_.mov(at(kLoading, FRAME(avxAway)), 0);
  a_.ret();
  out.mxcsr = here();
  a_.lea(kLoading, x86::ptr(x86::rsp, 8));
  a_.bind(mxcsr_);
  loadMxcsr();
  a_.ret();
  a_.bind(store_);
  storeVectors();
  a_.ret();
}

// --- before and after C++

void UnitThunks::giveBack(i32 pushed) {
  giveMxcsrBack(pushed);
  const asmjit::Label away = a_.newLabel();
  a_.lea(kStoring, x86::ptr(x86::rsp, pushed));
  a_.mov(at(kStoring, FRAME(vectorsWereThere)), 0);
  a_.cmp(at(kStoring, FRAME(vectorsAway)), 0);
  a_.jne(away);
  a_.call(store_);
  a_.bind(away);
}

void UnitThunks::bringBack(i32 pushed) {
  const asmjit::Label noMxcsr = a_.newLabel(), noVectors = a_.newLabel();
  a_.lea(kLoading, x86::ptr(x86::rsp, pushed));
  a_.cmp(at(kLoading, FRAME(mxcsrWasThere)), 0);
  a_.je(noMxcsr);
  a_.call(mxcsr_);
  a_.bind(noMxcsr);
  a_.cmp(at(kLoading, FRAME(vectorsWereThere)), 0);
  a_.je(noVectors);
  a_.call(load_);
  a_.bind(noVectors);
}

void UnitThunks::forget(i32 pushed) {
  a_.lea(kLoading, x86::ptr(x86::rsp, pushed));
  a_.mov(at(kLoading, FRAME(avxAway)), 1);
  a_.mov(at(kLoading, FRAME(uppersLive)), 0);
}

// --- vector registers

void UnitThunks::storeVectors() {
  for (unsigned n = 0; n < 16; ++n)
    avx_ ? a_.vmovaps(low(kStoring, n), x86::xmm(n)) : a_.movaps(low(kStoring, n), x86::xmm(n));
  if (avx_) storeUppers();
  a_.mov(at(kStoring, FRAME(vectorsAway)), 1);
  a_.mov(at(kStoring, FRAME(vectorsWereThere)), 1);
}

// What lies in the XSAVE area is left alone while both are all 0. C++ uses SSE: not over upper halves that are in use.
void UnitThunks::storeUppers() {
  const asmjit::Label zero = a_.newLabel(), done = a_.newLabel();
  a_.cmp(at(kStoring, FRAME(uppersLive)), 0);
  a_.je(zero);
  for (unsigned n = 0; n < 16; ++n) a_.vextractf128(high(kStoring, n), x86::ymm(n), 1);
  a_.vzeroupper();
  a_.jmp(done);
  a_.bind(zero);
  a_.cmp(at(kStoring, FRAME(uppersStored)), 0);
  a_.je(done);
  a_.vxorps(x86::xmm0, x86::xmm0, x86::xmm0);
  for (unsigned n = 0; n < 16; ++n) a_.vmovaps(high(kStoring, n), x86::xmm0);
  a_.bind(done);
}

// Loading XMM n by VMOVAPS makes its upper half 0, and the processor knows it is.
void UnitThunks::loadVectors() {
  const asmjit::Label look = a_.newLabel(), zero = a_.newLabel(), uppers = a_.newLabel(),
                      done = a_.newLabel();
  if (avx_) {
    a_.mov(kT0, at(kLoading, FRAME(uppersLive)));
    a_.jecxz(kT0, look);
    a_.jmp(uppers);
    a_.bind(look);
    lookAtUppers();
    a_.jecxz(kT0, zero);
    a_.jmp(uppers);
    a_.bind(zero);
    for (unsigned n = 0; n < 16; ++n) a_.vmovaps(x86::xmm(n), low(kLoading, n));
    a_.mov(at(kLoading, FRAME(uppersStored)), 0);
    a_.jmp(done);
    a_.bind(uppers);
    loadUppersToo();
    a_.bind(done);
  } else {
    for (unsigned n = 0; n < 16; ++n) a_.movaps(x86::xmm(n), low(kLoading, n));
  }
  noteUse(FRAME(notSse));
  a_.mov(at(kLoading, FRAME(vectorsAway)), 0);
}

// T0 is 0 when all of the XSAVE area's are.
void UnitThunks::lookAtUppers() {
  for (unsigned n = 0; n < 2; ++n) a_.vmovdqa(x86::xmm(n), high(kLoading, n));
  for (unsigned n = 2; n < 16; ++n) a_.vpor(x86::xmm(n & 1), x86::xmm(n & 1), high(kLoading, n));
  a_.vpor(x86::xmm0, x86::xmm0, x86::xmm1);
  a_.vpsrldq(x86::xmm1, x86::xmm0, 8);
  a_.vpor(x86::xmm0, x86::xmm0, x86::xmm1);
  a_.vmovq(kT0, x86::xmm0);
}

void UnitThunks::loadUppersToo() {
  for (unsigned n = 0; n < 16; ++n) {
    a_.vmovaps(x86::xmm(n), low(kLoading, n));
    a_.vinsertf128(x86::ymm(n), x86::ymm(n), high(kLoading, n), 1);
  }
  a_.mov(at(kLoading, FRAME(uppersLive)), 1);
  a_.mov(at(kLoading, FRAME(uppersStored)), 1);
}

// checkUnit(): what XRSTOR loaded has been used since. Before it C++ ran, so once is enough until C++ runs again.
void UnitThunks::noteUse(size_t others) {
  const x86::Mem components = at(kLoading, static_cast<size_t>(places_.of(&places_.ctx->xrstor.components)));
  a_.mov(kT0, components);
  a_.pext(kT0, kT0, at(kLoading, others));
  a_.pdep(kT0, kT0, at(kLoading, others));
  a_.mov(components, kT0);
}

// --- MXCSR

// C++ runs with its own control bits; flags do not matter to it.
void UnitThunks::giveMxcsrBack(i32 pushed) {
  const asmjit::Label away = a_.newLabel(), same = a_.newLabel();
  a_.lea(kStoring, x86::ptr(x86::rsp, pushed));
  a_.mov(at(kStoring, FRAME(mxcsrWasThere)), 0);
  a_.cmp(at(kStoring, FRAME(mxcsrAway)), 0);
  a_.jne(away);
  const x86::Mem own = at(kStoring, static_cast<size_t>(places_.of(&places_.ctx->native.hostMxcsr)), 4);
  a_.stmxcsr(guestMxcsr(kStoring));
  a_.mov(x86::eax, guestMxcsr(kStoring));
  a_.xor_(x86::eax, own);
  a_.test(x86::eax, ~kMxcsrFlags);
  a_.jz(same);
  a_.ldmxcsr(own);
  a_.bind(same);
  a_.mov(at(kStoring, FRAME(mxcsrAway)), 1);
  a_.mov(at(kStoring, FRAME(mxcsrWasThere)), 1);
  a_.bind(away);
}

void UnitThunks::loadMxcsr() {
  a_.ldmxcsr(guestMxcsr(kLoading));
  a_.mov(at(kLoading, FRAME(mxcsrAway)), 0);
}

}  // namespace duet::tcg::baseline
