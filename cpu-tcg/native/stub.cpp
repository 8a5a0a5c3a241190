#include "cpu-tcg/native/stub.h"

#include <cstring>

#include "cpu-tcg/native/simd_trap.h"
#include "cpu-tcg/native/stub_cache.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg {

using namespace isa;

namespace {

constexpr u16 kX87Precision = 0x20, kX87Flags = 0x3f, kX87EsB = 0x8080, kX87Sticky = 0x7f;

bool writesMemory(const Insn& insn) {
  for (unsigned i = 0; i < insn.row->operandCount; ++i) {
    if (insn.op[i].kind == OperandKind::Memory && insn.row->operands[i].access != Access::Read) return true;
  }
  return false;
}

}  // namespace

NativeResult Stub::runSpecial(NativeState& state, const Insn& insn, void* memory) const {
  if (remake_) return remake_->runOnce(state, insn, memory);
  if (insn.row->has(kAttrFpu) || insn.row->has(kAttrMmx)) {
    x87Acquire(state);
    if ((controlWord(state) & kX87Flags) != kX87Flags) {
      if (insn.row->has(kAttrFpu)) return runUnmaskedX87(state, insn, memory);
      // Between MMX and SSE the caller knows which of them look (CVTPI2PS from memory may not).
      const bool looks = insn.row->has(kAttrMmx) && !insn.row->has(kAttrSse);
      if (looks && pendingMf(state) && !state.ignoreX87Errors) return NativeResult::X87Pending;
    }
  }
  if (!insn.row->has(kAttrMxcsr) || state.simdMasked()) return entry_(&state, memory), NativeResult::Ok;
  if (runTrapping(unmaskedEntry_, state, memory)) return NativeResult::Ok;
  state.setGuestMxcsr(state.guestMxcsr() | state.raised);
  return NativeResult::SimdException;
}

// With the guest's own control word loaded the host does everything an unmasked exception entails:
// operands kept, results with adjusted exponents, C1.
NativeResult Stub::runUnmaskedX87(NativeState& state, const Insn& insn, void* memory) const {
  u16 ignored = 0;  // flags that were pending before
  if (pendingMf(state)) {
    if (insn.row->has(kAttrNoWait)) return NativeResult::Ok;  // FNENI, FNDISI, FNSETPM: nothing to do
    if (!state.ignoreX87Errors) return NativeResult::X87Pending;
    ignored = statusWord(state) & kX87Sticky;
    asm volatile("fnclex");
  }
  state.hostControl = controlWord(state);
  unmaskedEntry_(&state, memory);
  u16 control, status;
  std::memcpy(&control, state.environment, 2);
  std::memcpy(&status, state.environment + 4, 2);
  const u16 raised = static_cast<u16>(status & ~control & kX87Flags);
  control |= kX87Flags;
  status = static_cast<u16>((status & ~kX87EsB) | ignored);
  std::memcpy(state.environment, &control, 2);
  std::memcpy(state.environment + 4, &status, 2);
  asm volatile("fldenv %0" : : "m"(state.environment) : "memory");
  const bool suppressed = (raised & ~kX87Precision) && writesMemory(insn);
  return suppressed ? NativeResult::StoreSuppressed : NativeResult::Ok;
}

}  // namespace duet::tcg
