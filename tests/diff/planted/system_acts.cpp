// What is wrong with privilege, protection and the tables. Each carries its instruction out from a state in which the rule
// does not bind, and puts that state back.
#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {
namespace {

using namespace tcg::isa;

unsigned cpl(const CpuState& s) {
  return s.rflags & kFlagVm ? 3 : s.cr0 & kCr0Pe ? s.segment[kSegCs].selector & 3 : 0;
}

bool isProtectedMode(const CpuState& s) { return (s.cr0 & kCr0Pe) && !(s.rflags & kFlagVm); }

// `member` as `value` while the instruction runs; what the instruction itself makes of it stays.
template <class T>
void with(Moment& m, T CpuState::* member, T value) {
  CpuState state = m.before;
  state.*member = value;
  m.runFrom(state);
  if (m.after.*member == value) m.after.*member = m.before.*member;
}

}  // namespace

// IOPL is CPL 0's alone to change (SDM vol. 2, POPF).
void popfChangesIopl(Moment& m) {
  const bool mine = m.isEncoding("9D") && isProtectedMode(m.before) && cpl(m.before) != 0;
  const u64 stack = m.insn.mode == CodeMode::Bits64 ? 0 : m.before.segment[kSegSs].base;
  const u64 mask = m.insn.mode == CodeMode::Bits64                ? ~u64{0}
                   : m.before.segment[kSegSs].attributes & kSegDb ? u64{0xffffffff}
                                                                  : u64{0xffff};
  const u16 popped = mine ? m.load<u16>(stack + (m.before.gpr[kRsp] & mask)) : u16{0};
  m.run();
  if (mine && m.after.rip == m.next())
    m.after.rflags = (m.after.rflags & ~u64{kFlagIopl}) | (popped & kFlagIopl);
}

// SDM vol. 3 4.6.1.
void smapIgnored(Moment& m) {
  if (!m.is("sbb") || !m.insn.hasMemory() || !(m.before.cr4 & kCr4Smap)) return m.run();
  with(m, &CpuState::cr4, m.before.cr4 & ~u64{kCr4Smap});
}

void writeProtectIgnored(Moment& m) {
  if (!m.is("inc") || !m.insn.hasMemory() || !(m.before.cr0 & kCr0Wp)) return m.run();
  with(m, &CpuState::cr0, m.before.cr0 & ~u64{kCr0Wp});
}

// With NT set IRET returns from a nested task, in long mode it is #GP(0) (SDM vol. 2, IRET).
void iretIgnoresNt(Moment& m) {
  if (!m.isEncoding("CF") || !(m.before.rflags & kFlagNt) || !isProtectedMode(m.before)) return m.run();
  CpuState state = m.before;
  state.rflags &= ~u64{kFlagNt};
  m.runFrom(state);
}

// Error codes have EXT where selectors have RPL (SDM vol. 3 6.13).
void farErrorCodeWithRpl(Moment& m) {
  const bool mine = m.is("jmp far") && m.insn.op[0].kind == OperandKind::FarPointer;
  m.run();
  if (!mine || m.entered() != kExcGP) return;
  const u64 mask = m.after.segment[kSegSs].attributes & kSegDb ? u64{0xffffffff} : u64{0xffff};
  const bool wide = m.after.msr.efer & kEferLma;
  const u64 at = wide ? m.after.gpr[kRsp] : m.after.segment[kSegSs].base + (m.after.gpr[kRsp] & mask);
  m.store<u16>(at, static_cast<u16>(m.load<u16>(at) | (m.insn.imm2 & 3)));
}

// LAR says no to what is neither a segment nor a call gate, task gate, LDT or TSS (SDM vol. 2, LAR).
void larAcceptsAll(Moment& m) {
  m.run();
  if (m.is("lar") && m.after.rip == m.next()) m.after.rflags |= kFlagZf;
}

void cliIgnoresIopl(Moment& m) {
  if (!m.is("cli") || !isProtectedMode(m.before)) return m.run();
  const u64 iopl = m.before.rflags & kFlagIopl;
  CpuState state = m.before;
  state.rflags |= kFlagIopl;
  m.runFrom(state);
  m.after.rflags = (m.after.rflags & ~u64{kFlagIopl}) | iopl;
}

void outIgnoresMap(Moment& m) {
  if (!m.is("out") || !(m.before.cr0 & kCr0Pe)) return m.run();
  m.run();
  if (m.entered() != kExcGP) return;
  m.after = m.before;  // nobody listens at any port
  m.after.rip = m.next();
}

void cr4TakesReserved(Moment& m) {
  const bool mine = m.is("mov") && m.insn.op[0].kind == OperandKind::Control && m.insn.op[0].reg == 4;
  constexpr u64 kReserved = u64{1} << 30;
  if (!mine || !(m.before.gpr[m.insn.op[1].reg] & kReserved)) return m.run();
  CpuState state = m.before;
  u64& source = state.gpr[m.insn.op[1].reg];
  const u64 value = source;
  source &= ~kReserved;
  m.runFrom(state);
  if (m.after.gpr[m.insn.op[1].reg] == source) m.after.gpr[m.insn.op[1].reg] = value;
}

void swapgsForAll(Moment& m) {
  if (!m.is("swapgs") || cpl(m.before) == 0) return m.run();
  m.skip();
  std::swap(m.after.segment[kSegGs].base, m.after.msr.kernelGsBase);
}

}  // namespace duet::diff::planted
