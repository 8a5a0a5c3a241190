#include <algorithm>

#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {

using namespace tcg::isa;

// What was fetched before the instruction in front of it stored here is what runs. Processors notice (SDM vol. 3 13.6).
void staleCode(Moment& m) {
  const size_t known = std::min(m.stale.size(), m.code.size());
  if (!known || std::equal(m.stale.begin(), m.stale.begin() + static_cast<long>(known), m.code.begin()))
    return m.run();
  m.runAs({m.stale.data(), known});
}

void repFaultCountsOne(Moment& m) {
  m.run();
  if (m.is("movsb") && m.insn.has(kPrefixRep) && m.raised() == kExcPF) --m.after.gpr[kRcx];
}

void directionIgnored(Moment& m) {
  if (!m.is("stosb") || !m.insn.has(kPrefixRep) || !(m.before.rflags & kFlagDf)) return m.run();
  CpuState state = m.before;
  state.rflags &= ~u64{kFlagDf};
  m.runFrom(state);
  if (m.raised())
    m.setPushedFlags(m.pushedFlags() | kFlagDf);
  else
    m.after.rflags |= kFlagDf;
}

// User code changes neither IF (IOPL 0) nor IOPL (SDM vol. 2, POPF).
void popfChangesAll(Moment& m) {
  const bool mine = m.isEncoding("9D");
  const u64 popped = m.load<u64>(m.before.gpr[kRsp]);
  m.run();
  constexpr u64 kKept = kFlagIf | kFlagIopl;
  if (mine && !m.raised()) m.after.rflags = (m.after.rflags & ~kKept) | (popped & kKept);
}

void pushaPushesLowered(Moment& m) {
  m.run();
  if (!m.isEncoding("60") || m.raised()) return;
  const u64 stack = m.after.segment[kSegSs].base;
  const u64 sp = m.before.gpr[kRsp];
  if (m.insn.opSize == 4)
    m.store(stack + m.after.gpr[kRsp] + 12, static_cast<u32>(sp - 16));
  else
    m.store(stack + m.after.gpr[kRsp] + 6, static_cast<u16>(sp - 8));
}

void invlpgIgnored(Moment& m) {
  if (m.is("invlpg"))
    m.skip();
  else
    m.run();
}

// The same tables again: nothing but the flush is lost.
void cr3LoadKeepsTlb(Moment& m) {
  const bool mine = m.is("mov") && m.insn.op[0].kind == OperandKind::Control && m.insn.op[0].reg == 3;
  if (mine && m.before.gpr[m.insn.op[1].reg] == m.before.cr3)
    m.skip();
  else
    m.run();
}

// LMSW cannot clear PE (SDM vol. 2, LMSW).
void lmswClearsPe(Moment& m) {
  const bool mine = m.is("lmsw");
  const bool clears = mine && !(m.value(m.insn.op[0]) & kCr0Pe);
  m.run();
  if (clears) m.after.cr0 &= ~u64{kCr0Pe};
}

// Loading a segment register marks its descriptor accessed (SDM vol. 3 3.4.5.1).
void segmentLoadKeepsAccessed(Moment& m) {
  const bool mine = m.is("mov") && m.insn.op[0].kind == OperandKind::Segment && m.insn.op[0].reg != kSegSs;
  const u64 at = m.before.gdtr.base + (m.before.gpr[kRax] & 0xfff8);
  const u8 access = mine ? m.load<u8>(at + 5) : u8{0};
  m.run();
  if (mine) m.store(at + 5, access);
}

}  // namespace duet::diff::planted
