// Instructions of kernels that change a flag or a base and nothing that code depends on: CLI and SWAPGS.
#include <cstddef>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

x86::Mem flagsOf(const CodeWriter& w) { return w.context(&w.setup.places.ctx->arch.rflags, 8); }

// The bits of `value` that a word of the frame names.
void keep(CodeWriter& w, const x86::Gp& value, size_t mask) {
  w.a.pext(value, value, w.frame(mask, 8));
  w.a.pdep(value, value, w.frame(mask, 8));
}

// On, if the byte is 0; else the slow path.
void requireZero(CodeWriter& w, const void* byte) {
  const asmjit::Label zero = w.a.newLabel();
  w.a.movzx(kT0.r32(), w.context(byte, 1));
  w.a.jecxz(kT0, zero);
  w.a.jmp(w.slowPath());
  w.a.bind(zero);
}

// Level 0 may do all of them. Which of the inner levels it is, is no part of the mode's key.
bool requireLevel0(CodeWriter& w) {
  if (w.place.key & kUser) return false;
  requireZero(w, &w.setup.places.ctx->cpl);
  return true;
}

bool lowerCli(CodeWriter& w) {
  if (!requireLevel0(w)) return false;
  w.a.mov(kT0, flagsOf(w));
  keep(w, kT0, FRAME(allButIf));
  w.a.mov(flagsOf(w), kT0);
  return true;
}

bool lowerSwapgs(CodeWriter& w) {
  if (!w.wide() || !requireLevel0(w)) return false;
  const CpuState& arch = w.setup.places.ctx->arch;
  const x86::Mem base = w.context(&arch.segment[kGs].base, 8), kernel = w.context(&arch.msr.kernelGsBase, 8);
  w.a.mov(kT1, base);
  w.a.mov(kT2, kernel);
  w.a.mov(base, kT2);
  w.a.mov(kernel, kT1);
  return true;
}

}  // namespace

bool lowerSystem(CodeWriter& w, std::string_view sem) {
  const bool done = sem == "Cli" ? lowerCli(w) : sem == "Swapgs" && lowerSwapgs(w);
  if (done) w.exitTo(w.nextRip());
  return done;
}

}  // namespace duet::tcg::baseline
