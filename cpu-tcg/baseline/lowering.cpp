#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

// REP and REPNE that are not part of the opcode: before what does not repeat they mean nothing, mostly, and few compilers write
// them. Left to the handler; branches may have them (BND, padded RET), and what REP repeats may be lowerString()'s.
bool isPlain(const BlockInsn& insn) {
  if (!insn.row) return false;
  const isa::MandatoryPrefix own = insn.row->prefix;
  const bool rep = insn.has(isa::kPrefixRep) && own != isa::MandatoryPrefix::PF3;
  const bool repne = insn.has(isa::kPrefixRepne) && own != isa::MandatoryPrefix::PF2;
  return !repne && (!rep || insn.row->has(isa::kAttrEnd) || insn.row->has(isa::kAttrRep));
}

}  // namespace

bool lower(CodeWriter& w) {
  const BlockInsn& insn = w.insn();
  if (isPlain(insn)) {
    std::string_view sem = insn.row->semName;
    if (w.setup.rename) sem = w.setup.rename(sem);
    if (insn.row->has(isa::kAttrEnd)) {
      if (lowerBranch(w, sem) || lowerSystemEnd(w, sem) || lowerSmap(w, sem) || lowerSegmentLoad(w, sem))
        return true;
    } else if (sem == "Native" ? lowerNative(w)
                               : lowerOperation(w, sem) || lowerStack(w, sem) || lowerControl(w, sem) ||
                                     lowerSystem(w, sem) || lowerString(w, sem) || lowerBits(w, sem) ||
                                     lowerSegment(w, sem)) {
      return false;
    }
  }
  w.callHandler();
  return !insn.row || insn.row->has(isa::kAttrEnd);
}

}  // namespace duet::tcg::baseline
