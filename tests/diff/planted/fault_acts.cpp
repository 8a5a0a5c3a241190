#include "core/cpu/exception.h"
#include "core/cpu/registers.h"
#include "tests/diff/planted/acts.h"

namespace duet::diff::planted {
namespace {

using namespace tcg::isa;

constexpr u64 kPage = 4096;

bool samePage(u64 a, u64 b) { return a / kPage == b / kPage; }

bool isCanonical(u64 address) {
  const u64 high = address >> 47;
  return high == 0 || high == 0x1ffff;
}

// As if `segment` were another one for this instruction.
template <class Change>
void withSegment(Moment& m, unsigned segment, Change change) {
  CpuState state = m.before;
  change(state.segment[segment]);
  m.runFrom(state);
  if (m.after.segment[segment] == state.segment[segment])
    m.after.segment[segment] = m.before.segment[segment];
}

bool hasPlainMemory(const Moment& m) { return m.insn.row && m.insn.hasMemory(); }

}  // namespace

void pageBeforeAlignment(Moment& m) {
  m.run();
  if (!m.is("movaps") || m.raised() != kExcGP || !isCanonical(m.address()) || m.isMapped(m.address())) return;
  const bool store = m.insn.op[0].kind == OperandKind::Memory;
  m.raise(kExcPF, kPfUser | (store ? u32{kPfWrite} : 0), m.address());
}

void noAlignmentCheck(Moment& m) {
  if (!(m.before.rflags & kFlagAc) || !m.is("xchg")) return m.run();
  CpuState state = m.before;
  state.rflags &= ~u64{kFlagAc};
  m.runFrom(state);
  if (m.raised())
    m.setPushedFlags(m.pushedFlags() | kFlagAc);
  else
    m.after.rflags |= kFlagAc;
}

// LOCK of what may not be locked is #UD (SDM vol. 2, LOCK): here the prefix counts for nothing. ES: has no meaning in 64-bit
// mode.
void lockAlwaysAllowed(Moment& m) {
  std::vector<u8> code = m.code;
  if (m.insn.row || code.empty() || code[0] != 0xf0) return m.run();
  code[0] = 0x26;
  m.runAs(code);
}

void rmwFaultsAsRead(Moment& m) {
  m.run();
  if (m.is("xadd") && m.raised() == kExcPF) m.setErrorCode(m.errorCode() & ~u32{kPfWrite});
}

void cr2OfFirstPage(Moment& m) {
  m.run();
  if (m.is("cmp") && hasPlainMemory(m) && m.raised() == kExcPF && !samePage(m.after.cr2, m.address()))
    m.after.cr2 = m.address();
}

void storesHalf(Moment& m) {
  m.run();
  const bool store = m.is("mov") && hasPlainMemory(m) && m.insn.op[0].kind == OperandKind::Memory;
  if (!store || m.insn.op[1].kind != OperandKind::Gpr || m.raised() != kExcPF) return;
  const u64 from = m.address(), value = m.value(m.insn.op[1]);
  if (samePage(m.after.cr2, from)) return;
  m.write(from, std::span(reinterpret_cast<const u8*>(&value), kPage - from % kPage));
}

void noSegmentLimit(Moment& m) {
  if (!m.is("add") || !hasPlainMemory(m) || m.insn.mem.segment != kFs) return m.run();
  withSegment(m, kSegFs, [](SegmentRegister& s) {
    if (!(s.type() & 4)) s.limit = ~u32{0};
  });
}

void expandDownIsUp(Moment& m) {
  if (!m.is("and") || !hasPlainMemory(m)) return m.run();
  withSegment(m, m.insn.mem.segment, [](SegmentRegister& s) {
    if (!(s.type() & 8)) s.attributes &= ~u32{4};
  });
}

void noCanonicalCheck(Moment& m) {
  m.run();
  if (!m.is("sub") || !hasPlainMemory(m) || m.raised() != kExcGP || isCanonical(m.address())) return;
  m.raise(kExcPF, kPfUser, m.address());
}

void faultWithoutRf(Moment& m) {
  m.run();
  if (m.is("div") && m.raised() == kExcDE) m.setPushedFlags(m.pushedFlags() & ~u64{kFlagRf});
}

}  // namespace duet::diff::planted
