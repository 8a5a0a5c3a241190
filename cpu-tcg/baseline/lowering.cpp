#include "cpu-tcg/baseline/lowering.h"

namespace duet::tcg::baseline {
namespace {

// A REP before what does not repeat means nothing, but few compilers write one: left to the handler, as LOCK on what is no
// memory is the decoder's.
bool isPlain(const BlockInsn& insn) {
  return insn.row && !insn.has(isa::kPrefixRepne) &&
         (!insn.has(isa::kPrefixRep) || insn.row->prefix == isa::MandatoryPrefix::PF3 ||
          insn.row->has(isa::kAttrEnd));
}

}  // namespace

bool lower(CodeWriter& w) {
  const BlockInsn& insn = w.insn();
  if (isPlain(insn)) {
    std::string_view sem = insn.row->semName;
    if (w.setup.rename) sem = w.setup.rename(sem);
    if (insn.row->has(isa::kAttrEnd)) {
      if (lowerBranch(w, sem)) return true;
    } else if (sem == "Native" ? lowerNative(w) : lowerOperation(w, sem) || lowerStack(w, sem)) {
      return false;
    }
  }
  w.callHandler();
  return !insn.row || insn.row->has(isa::kAttrEnd);
}

}  // namespace duet::tcg::baseline
