#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {
namespace {

using tcg::isa::kPrefixRex;
using tcg::isa::OperandKind;

u64 signBit(unsigned size) { return u64{1} << (8 * size - 1); }

void setFlag(Moment& m, u64 flag, bool on) {
  m.after.rflags = on ? m.after.rflags | flag : m.after.rflags & ~flag;
}

}  // namespace

void adcLosesCarryInAf(Moment& m) {
  const bool mine = m.is("adc");
  const u64 a = m.value(m.insn.op[0]), b = m.value(m.insn.op[1]);
  m.run();
  if (mine && !m.raised()) setFlag(m, kFlagAf, (a ^ b ^ (a + b)) & 0x10);
}

void incSetsCf(Moment& m) {
  m.run();
  if (m.is("inc") && !m.raised()) setFlag(m, kFlagCf, m.after.rflags & kFlagZf);
}

// Right for a shift by 1 is sign XOR CF (SDM vol. 2, SAL/SAR/SHL/SHR).
void shlOfIsSign(Moment& m) {
  m.run();
  if (m.isEncoding("D1 /4") && !m.raised())
    setFlag(m, kFlagOf, m.result(m.insn.op[0]) & signBit(m.insn.opSize));
}

void bsfZfFromResult(Moment& m) {
  m.run();
  if (m.is("bsf") && !m.raised()) setFlag(m, kFlagZf, m.result(m.insn.op[0]) == 0);
}

void idivWraps(Moment& m) {
  const unsigned size = m.insn.opSize;
  const bool byMinusOne = m.is("idiv") && size > 1 && m.value(m.insn.op[0]) == ~u64{0} >> (64 - 8 * size);
  CpuState start = m.before;
  m.run();
  if (!byMinusOne || m.raised() != kExcDE) return;
  m.after = start;
  m.after.rip = m.next();
  m.setGpr(kRax, size, 0 - start.gpr[kRax]);
  m.setGpr(kRdx, size, 0);
}

void imulHighUnsigned(Moment& m) {
  const unsigned size = m.insn.opSize;
  const bool mine = m.isEncoding("F7 /5");
  const u64 a = m.before.gpr[kRax], b = mine ? m.value(m.insn.op[0]) : 0;
  m.run();
  if (!mine || m.raised()) return;
  const u64 more = (a & signBit(size) ? b : 0) + (b & signBit(size) ? a : 0);
  m.setGpr(kRdx, size, m.after.gpr[kRdx] + more);
}

void shldCountNotMasked(Moment& m) {
  const bool mine = m.is("shld") && m.insn.opSize == 4 && (m.value(m.insn.op[2]) & 0xff) > 32;
  m.run();
  if (mine && !m.raised()) m.set(m.insn.op[0], 0);
}

void movsxZeroExtends(Moment& m) {
  const bool mine = m.is("movsx");
  const u64 from = mine ? m.value(m.insn.op[1]) : 0;
  m.run();
  if (mine && !m.raised()) m.set(m.insn.op[0], from);
}

void movKeepsUpperHalf(Moment& m) {
  m.run();
  const auto& to = m.insn.op[0];
  if (!m.is("mov") || to.kind != OperandKind::Gpr || m.insn.opSize != 4 || m.raised()) return;
  m.after.gpr[to.reg] = (m.after.gpr[to.reg] & 0xffffffff) | (m.before.gpr[to.reg] & ~u64{0xffffffff});
}

// With a REX prefix, byte registers 4 to 7 are SPL, BPL, SIL, DIL and not AH, CH, DH, BH (SDM vol. 2 3.1.1.1).
void rexByteIsHigh(Moment& m) {
  m.run();
  const auto& to = m.insn.op[0];
  if (!m.is("mov") || !m.insn.has(kPrefixRex) || to.kind != OperandKind::Gpr || to.size != 1 || m.raised())
    return;
  if (to.reg < 4 || to.reg > 7) return;
  const u64 value = m.after.gpr[to.reg] & 0xff;
  m.after.gpr[to.reg] = m.before.gpr[to.reg];
  u64& high = m.after.gpr[to.reg - 4];
  high = (high & ~u64{0xff00}) | value << 8;
}

void cmpxchgKeepsAccumulator(Moment& m) {
  m.run();
  if (m.is("cmpxchg") && !m.raised() && !(m.after.rflags & kFlagZf)) m.after.gpr[kRax] = m.before.gpr[kRax];
}

void nothing(Moment& m) { m.runFrom(m.before); }

}  // namespace duet::diff::planted
