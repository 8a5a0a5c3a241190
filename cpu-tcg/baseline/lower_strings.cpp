// String instructions that go up, XLAT. Repetitions are the handler's, which does whole pages at a time, but for those of MOVS and
// STOS within a page, which copy and clear what is small.
#include <bit>
#include <cstddef>
#include <initializer_list>

#include "core/cpu/registers.h"
#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {

using namespace isa;

namespace {

#define FRAME(member) offsetof(Frame, member)

const x86::Gp kSource = x86::gpq(kHostOf[kRsi]), kTarget = x86::gpq(kHostOf[kRdi]),
              kAccumulator = x86::gpq(kHostOf[kRax]);

void requireUpwards(CodeWriter& w) {
  w.a.mov(kT0, w.context(&w.setup.places.ctx->arch.rflags, 8));
  w.a.pext(kT0, kT0, w.frame(FRAME(onlyDf), 8));
  w.requireZero();
}

// The element that an index register points at to pointer(), or the slow path.
void probeElement(CodeWriter& w, const x86::Gp& index, SegReg segment, bool write) {
  const unsigned addrSize = w.insn().addrSize, size = w.insn().opSize;
  if (addrSize == 2) {
    w.a.movzx(kT1.r32(), index.r16());
  } else {
    w.a.mov(w.host(kT1, addrSize), w.host(index, addrSize));
  }
  w.toLinear(segment, size, write);
  w.probe(size, write);
}

void advance(CodeWriter& w, const x86::Gp& index) {
  w.a.lea(w.host(index, w.insn().addrSize), x86::ptr(index, w.insn().opSize));
}

// The source's element to T0, the target's at pointer().
void probeBoth(CodeWriter& w, bool write) {
  const unsigned size = w.insn().opSize;
  probeElement(w, kSource, w.insn().mem.segment, false);
  w.a.mov(w.host(kT0, size), w.pointer(size));
  w.a.mov(w.frame(FRAME(scratch), 8), kT0);
  probeElement(w, kTarget, kEs, write);
  w.a.mov(kT0, w.frame(FRAME(scratch), 8));
}

void lowerMovs(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeBoth(w, true);
  w.a.mov(w.pointer(size), w.host(kT0, size));
  advance(w, kSource);
  advance(w, kTarget);
  w.checkStore();
}

void lowerCmps(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeBoth(w, false);
  w.a.cmp(w.host(kT0, size), w.pointer(size));
  advance(w, kSource);
  advance(w, kTarget);
}

void lowerStos(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeElement(w, kTarget, kEs, true);
  w.a.mov(w.pointer(size), w.host(kAccumulator, size));
  advance(w, kTarget);
  w.checkStore();
}

void lowerLods(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeElement(w, kSource, w.insn().mem.segment, false);
  w.a.mov(w.host(kAccumulator, size), w.pointer(size));
  advance(w, kSource);
}

void lowerScas(CodeWriter& w) {
  const unsigned size = w.insn().opSize;
  probeElement(w, kTarget, kEs, false);
  w.a.cmp(w.host(kAccumulator, size), w.pointer(size));
  advance(w, kTarget);
}

void lowerXlat(CodeWriter& w) {
  const unsigned size = w.insn().addrSize;
  w.a.movzx(kT0.r32(), kAccumulator.r8());
  w.a.lea(w.host(kT1, size == 8 ? 8 : 4), x86::ptr(x86::gpq(kHostOf[kRbx]), kT0));
  if (size == 2) w.a.movzx(kT1.r32(), kT1.r16());
  w.toLinear(w.insn().mem.segment, 1, false);
  w.probe(1, false);
  w.a.mov(kAccumulator.r8(), w.pointer(1));
}

// REP and the host's own instruction: as many elements as it is told, between host addresses.
void emitRepeated(CodeWriter& w, u8 opcodeOfBytes) {
  const unsigned size = w.insn().opSize;
  const u8 opcode = opcodeOfBytes | (size > 1);
  const auto put = [&](std::initializer_list<u8> bytes) { w.a.putData(bytes.begin(), bytes.size()); };
  if (size == 8) return put({0xf3, 0x48, opcode});
  if (size == 2) return put({0x66, 0xf3, opcode});
  put({0xf3, opcode});
}

const x86::Gp kCount = x86::gpq(kHostOf[kRcx]);

// What an index register will be; the host's own of that number is about to hold a host address.
void loadBehind(CodeWriter& w, const x86::Gp& to, const x86::Gp& index) {
  w.a.lea(to, x86::ptr(index, kCount, static_cast<u32>(std::countr_zero(w.insn().opSize))));
}

// `repeat` follows with the target's host address in RDI and the count in RCX.
template <class Repeat>
void fillTarget(CodeWriter& w, Repeat repeat) {
  static_assert(kHostOf[kRdi] == kRdi && kHostOf[kRsi] == kRsi && kHostOf[kRax] == kRax);
  w.a.mov(kT1, kTarget);
  w.probeRun(w.insn().opSize, true);
  loadBehind(w, kT2, kTarget);
  w.a.mov(kTarget, kT1);
  w.a.mov(kT0, kCount);
  repeat();
  w.a.mov(kTarget, kT2);
  w.a.mov(kCount, 0);
  w.checkRun();
}

void lowerRepMovs(CodeWriter& w) {
  const x86::Mem from = w.frame(FRAME(source), 8);
  w.a.mov(kT1, kSource);
  w.probeRun(w.insn().opSize, false);
  w.a.mov(from, kT1);
  fillTarget(w, [&] {
    loadBehind(w, kT1, kSource);
    w.a.mov(kSource, from);
    emitRepeated(w, 0xa4);
    w.a.mov(kSource, kT1);
  });
}

void lowerRepStos(CodeWriter& w) {
  fillTarget(w, [&] { emitRepeated(w, 0xaa); });
}

bool lowerRepeated(CodeWriter& w, std::string_view sem) {
  if (!w.wide() || w.insn().addrSize != 8) return false;
  if (sem != "Movs" && sem != "Stos") return false;
  requireUpwards(w);
  sem == "Movs" ? lowerRepMovs(w) : lowerRepStos(w);
  return true;
}

using Lower = void (*)(CodeWriter&);

Lower find(std::string_view sem) {
  if (sem == "Movs") return lowerMovs;
  if (sem == "Stos") return lowerStos;
  if (sem == "Lods") return lowerLods;
  if (sem == "Scas") return lowerScas;
  if (sem == "Cmps") return lowerCmps;
  return nullptr;
}

}  // namespace

bool lowerString(CodeWriter& w, std::string_view sem) {
  if (w.wide() && w.insn().mem.segment >= kFs) return false;
  if (sem == "Xlat") return lowerXlat(w), true;
  if (w.insn().has(kPrefixRep)) return lowerRepeated(w, sem);
  const Lower lower = find(sem);
  if (!lower) return false;
  requireUpwards(w);
  lower(w);
  return true;
}

}  // namespace duet::tcg::baseline
