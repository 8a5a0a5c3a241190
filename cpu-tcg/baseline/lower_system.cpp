// System instructions that change nothing that code depends on: CLI, STI, CLD, STD, PUSHF, SWAPGS, RDTSC, RDTSCP, CPUID, RDPKRU,
// RDFSBASE, RDGSBASE, MOV from control registers.
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
void requireZeroByte(CodeWriter& w, const void* byte) {
  w.a.movzx(kT0.r32(), w.context(byte, 1));
  w.requireZero();
}

// Level 0 may do all of them. Which of the inner levels it is, is no part of the mode's key.
bool requireLevel0(CodeWriter& w) {
  if (w.place.key & kUser) return false;
  requireZeroByte(w, &w.setup.places.ctx->cpl);
  return true;
}

bool lowerCli(CodeWriter& w) {
  if (!requireLevel0(w)) return false;
  w.a.mov(kT0, flagsOf(w));
  keep(w, kT0, FRAME(allButIf));
  w.a.mov(flagsOf(w), kT0);
  return true;
}

// An interrupt that waits already has to come behind the next instruction: the slow path. One that comes now is mail, and who
// finds mail and has run nothing since finds the shadow (Frame::shadowed).
bool lowerSti(CodeWriter& w) {
  if (!requireLevel0(w)) return false;
  const Label off = w.a.label(), done = w.a.label();
  w.a.mov(kT1, flagsOf(w));
  w.a.pext(kT0, kT1, w.frame(FRAME(onlyIf), 8));
  w.a.jecxz(kT0, off);
  w.a.jmp(done);
  w.a.bind(off);
  requireZeroByte(w, &w.setup.places.ctx->interruptPending);
  w.a.lea(kT1, x86::ptr(kT1, kFlagIf));
  w.a.mov(flagsOf(w), kT1);
  w.a.mov(kT0, w.frame(FRAME(remaining), 8));
  w.a.mov(w.frame(FRAME(shadowed), 8), kT0);
  w.a.bind(done);
  return true;
}

bool lowerDirection(CodeWriter& w, bool down) {
  w.a.mov(kT0, flagsOf(w));
  keep(w, kT0, FRAME(allButDf));
  if (down) w.a.lea(kT0, x86::ptr(kT0, kFlagDf));
  w.a.mov(flagsOf(w), kT0);
  return true;
}

// The arithmetic flags are the host's, all others the Context's. Below RSP there is room (Frame).
bool lowerPushf(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  const bool isVirtual8086 = (w.place.key & (kUser | kProtected)) == kUser;  // asks IOPL
  if ((w.wide() && size != 8) || isVirtual8086) return false;
  probePush(w, size);
  w.a.pushfq();
  w.a.pop(kT0);
  keep(w, kT0, FRAME(arithmetic));
  w.a.mov(w.frame(FRAME(scratch), 8), kT1);
  w.a.mov(kT1, flagsOf(w));
  keep(w, kT1, FRAME(pushed));
  w.a.lea(kT0, x86::ptr(kT0, kT1, 0, 2));  // bit 1 is always set
  w.a.mov(kT1, w.frame(FRAME(scratch), 8));
  w.a.mov(w.pointer(size), w.host(kT0, size));
  finishPush(w);
  return true;
}

// T0 becomes 0 where it is allowed: always at level 0, at level 3 unless CR4.TSD is set.
void forbidsTsc(CodeWriter& w) {
  const Context& ctx = *w.setup.places.ctx;
  if (w.place.key & kUser) {
    w.a.mov(kT0, w.context(&ctx.arch.cr4, 8));
    w.a.pext(kT0, kT0, w.frame(FRAME(onlyTsd), 8));
  } else {
    w.a.movzx(kT0.r32(), w.context(&ctx.cpl, 1));
  }
}

// The host's counter and two offsets, while the clock runs (VirtualClock).
bool lowerRdtsc(CodeWriter& w, bool withAux) {
  static_assert(kHostOf[kRax] == 0 && kHostOf[kRdx] == 2);
  const Context& ctx = *w.setup.places.ctx;
  forbidsTsc(w);
  w.a.mov(kT1, w.frame(FRAME(tscAway), 8));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  w.requireZero();
  if (withAux) w.a.lfence();  // all before it is done (SDM vol. 2 "RDTSCP")
  w.a.rdtsc();
  w.a.rorx(x86::rdx, x86::rdx, 32);
  w.a.lea(x86::rax, x86::ptr(x86::rax, x86::rdx));
  w.a.mov(kT0, w.frame(FRAME(tscOffset), 8));
  w.a.mov(kT1, w.context(&ctx.arch.msr.tscOffset, 8));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  w.a.lea(x86::rax, x86::ptr(x86::rax, kT0));
  w.a.rorx(x86::rdx, x86::rax, 32);
  w.a.mov(x86::edx, x86::edx);
  w.a.mov(x86::eax, x86::eax);
  if (withAux) {
    w.a.mov(kT0.r32(), w.context(&ctx.arch.msr.tscAux, 4));
    w.store(kRcx, kT0);
  }
  return true;
}

// On, if the word is what the frame's, negated, says.
void requireEqual(CodeWriter& w, const u64* word, size_t negated, Label otherwise) {
  const Label same = w.a.label();
  w.a.mov(kT0, w.context(word, 8));
  w.a.mov(kT1, w.frame(negated, 8));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  w.a.jecxz(kT0, same);
  w.a.jmp(otherwise);
  w.a.bind(same);
}

// By its note, if there is one for the processor's present state; else C++ makes one. It serializes: what lies behind it is
// entered as from elsewhere, which looks at the page's version.
bool lowerCpuid(CodeWriter& w) {
  static_assert(sizeof(CpuidNote) == 24);
  const CpuState& arch = w.setup.places.ctx->arch;
  const Label ask = w.a.label(), known = w.a.label(), done = w.a.label();
  w.a.mov(kT0, w.nextRip());
  w.lookUpTarget();
  w.a.mov(kT1, x86::qword_ptr(kT1, 8));
  w.a.mov(w.frame(FRAME(scratch), 8), kT1);
  const u64* const inputs[] = {&arch.cr4, &arch.xcr0, &arch.msr.xss, &arch.msr.miscEnable};
  for (size_t i = 0; i < std::size(inputs); ++i)
    requireEqual(w, inputs[i], FRAME(cpuidFor) + i * sizeof(u64), ask);
  const auto noted = [&](size_t member) {
    return x86::Mem(x86::rsp, kT2, 3, static_cast<i32>(FRAME(cpuid) + member), 0);
  };
  w.a.mov(kT1.r32(), w.host(x86::gpq(kHostOf[kRax]), 4));
  w.a.mov(kT0.r32(), w.host(x86::gpq(kHostOf[kRcx]), 4));
  w.a.rorx(kT0, kT0, 32);
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  w.a.pext(kT2, kT1, w.frame(FRAME(cpuidMask), 8));
  w.a.lea(kT2, x86::ptr(kT2, kT2, 1));
  w.a.mov(kT1, noted(offsetof(CpuidNote, question)));
  w.a.lea(kT0, x86::ptr(kT0, kT1));
  w.a.jecxz(kT0, known);
  w.a.bind(ask);
  w.callCpuid();
  w.a.jmp(done);
  w.a.bind(known);
  w.a.mov(w.host(x86::gpq(kHostOf[kRax]), 4), noted(offsetof(CpuidNote, eax)));
  w.a.mov(w.host(x86::gpq(kHostOf[kRbx]), 4), noted(offsetof(CpuidNote, ebx)));
  w.a.mov(w.host(x86::gpq(kHostOf[kRcx]), 4), noted(offsetof(CpuidNote, ecx)));
  w.a.mov(w.host(x86::gpq(kHostOf[kRdx]), 4), noted(offsetof(CpuidNote, edx)));
  w.a.bind(done);
  w.a.jmp(w.frame(FRAME(scratch), 8));
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

// Code that another processor wrote before must be seen behind it: the way on is one that looks at the page's version.
bool lowerSerialize(CodeWriter& w) {
  w.a.mov(kT0, w.nextRip());
  w.lookUpTarget();
  w.check(w.a.mfence());
  w.jumpToFound();
  return true;
}

// While CR4.PKE is set and ECX is 0.
bool lowerRdpkru(CodeWriter& w) {
  const Context& ctx = *w.setup.places.ctx;
  w.a.mov(kT0, w.context(&ctx.arch.cr4, 8));
  w.a.pext(kT0, kT0, w.frame(FRAME(onlyPke), 8));
  w.a.mov(kT1.r32(), w.host(x86::gpq(kHostOf[kRcx]), 4));
  w.a.lea(kT0, x86::ptr(kT0, kT1, 1, -1));  // odd without PKE
  w.requireZero();
  w.a.mov(x86::eax, w.context(ctx.native.xsave + kXsavePkruOffset, 4));
  w.a.mov(x86::edx, 0);
  return true;
}

bool lowerReadBase(CodeWriter& w, SegReg segment) {
  const Context& ctx = *w.setup.places.ctx;
  const Operand& to = w.insn().op[0];
  w.a.mov(kT0, w.context(&ctx.arch.cr4, 8));
  w.a.pext(kT0, kT0, w.frame(FRAME(onlyFsgsbase), 8));
  w.a.lea(kT0, x86::ptr(kT0, -1));
  w.requireZero();
  w.a.mov(w.host(kT0, to.size), w.context(&ctx.arch.segment[segment].base, to.size));
  w.store(to.reg, kT0);
  return true;
}

// All but CR8, which is the local APIC's.
bool lowerReadControl(CodeWriter& w) {
  const CpuState& arch = w.setup.places.ctx->arch;
  const u64* const registers[] = {&arch.cr0, nullptr, &arch.cr2, &arch.cr3, &arch.cr4};
  const unsigned n = w.insn().op[1].reg;
  if (!w.wide() || n >= std::size(registers) || !registers[n] || !requireLevel0(w)) return false;
  w.a.mov(kT0, w.context(registers[n], 8));
  w.store(w.insn().op[0].reg, kT0);
  return true;
}

}  // namespace

bool lowerSystem(CodeWriter& w, std::string_view sem) {
  if (sem == "Rdpkru") return lowerRdpkru(w);
  if (sem == "MovFromCr") return lowerReadControl(w);
  if (sem == "Rdfsbase" || sem == "Rdgsbase") return lowerReadBase(w, sem == "Rdfsbase" ? kFs : kGs);
  if (sem == "Pushf") return lowerPushf(w);
  if (sem == "Cld" || sem == "Std") return lowerDirection(w, sem == "Std");
  return (sem == "Rdtsc" || sem == "Rdtscp") && lowerRdtsc(w, sem == "Rdtscp");
}

bool lowerSystemEnd(CodeWriter& w, std::string_view sem) {
  if (sem == "Cpuid") return lowerCpuid(w);
  if (sem == "Serialize") return lowerSerialize(w);
  const bool done = sem == "Cli"   ? lowerCli(w)
                    : sem == "Sti" ? lowerSti(w)
                                   : sem == "Swapgs" && lowerSwapgs(w);
  if (done) w.exitTo(w.nextRip());
  return done;
}

}  // namespace duet::tcg::baseline
