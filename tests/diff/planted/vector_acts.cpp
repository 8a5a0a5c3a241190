#include "core/cpu/exception.h"
#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {
namespace {

using namespace tcg::isa;

constexpr u32 kExceptionFlags = 0x3f, kPrecision = 0x20, kDaz = 0x40;

// The low `T` of a vector operand, before.
template <class T>
T low(const Moment& m, const Operand& op) {
  if (op.kind == OperandKind::Memory) return m.load<T>(m.address());
  return field<T>(m.before, kXmm + 16u * op.reg);
}

u32 mxcsr(const CpuState& s) { return field<u32>(s, kMxcsr); }
void setMxcsr(CpuState& s, u32 value) { setField(s, kMxcsr, value); }

void markInUse(CpuState& s, u64 component) { setField(s, kXstateBv, field<u64>(s, kXstateBv) | component); }

bool isNan(u64 bits) { return (bits & ~(u64{1} << 63)) > u64{0x7ff} << 52; }

}  // namespace

void precisionNotSticky(Moment& m) {
  m.run();
  if (m.is("addsd") && !m.raised())
    setMxcsr(m.after, (mxcsr(m.after) & ~kPrecision) | (mxcsr(m.before) & kPrecision));
}

void flagsOverwritten(Moment& m) {
  if (!m.is("divss")) return m.run();
  CpuState state = m.before;
  setMxcsr(state, mxcsr(state) & ~kExceptionFlags);
  m.runFrom(state);
  if (m.raised()) setMxcsr(m.after, mxcsr(m.after) | (mxcsr(m.before) & kExceptionFlags));
}

// Of two NaNs the first operand's is the result (SDM vol. 1 table 4-7).
void secondNanWins(Moment& m) {
  const bool mine = m.is("mulsd");
  const u64 first = mine ? low<u64>(m, m.insn.op[0]) : 0, second = mine ? low<u64>(m, m.insn.op[1]) : 0;
  m.run();
  if (!mine || m.raised() || !isNan(first) || !isNan(second)) return;
  setField(m.after, kXmm + 16u * m.insn.op[0].reg, second | u64{1} << 51);
}

void denormalsStay(Moment& m) {
  if (!m.is("addss") || !(mxcsr(m.before) & kDaz)) return m.run();
  CpuState state = m.before;
  setMxcsr(state, mxcsr(state) & ~kDaz);
  m.runFrom(state);
  setMxcsr(m.after, mxcsr(m.after) | kDaz);
}

void fldMovesTopOnFault(Moment& m) {
  m.run();
  if (!m.is("fld") || !m.insn.hasMemory() || m.raised() != kExcPF) return;
  const u16 fsw = field<u16>(m.after, kFsw);
  setField(m.after, kFsw, static_cast<u16>((fsw & ~0x3800) | ((fsw - 0x800) & 0x3800)));
  markInUse(m.after, kXcr0X87);
}

void fxchLeavesTagEmpty(Moment& m) {
  m.run();
  if (m.is("fxch") && !m.raised()) setField(m.after, kFtw, field<u8>(m.before, kFtw));
}

void upperHalfKept(Moment& m) {
  m.run();
  if (!m.is("vpaddd") || m.insn.vexL || m.raised()) return;
  if (!(field<u64>(m.before, kXstateBv) & kXcr0Avx)) return;  // it is zero
  const unsigned at = kYmmHigh + 16u * m.insn.op[0].reg;
  setField(m.after, at, field<std::array<u8, 16>>(m.before, at));
  markInUse(m.after, kXcr0Avx);
}

}  // namespace duet::diff::planted
