#include "cpu-tcg/native/stub.h"

#include <cstring>

#include "cpu-tcg/native/emitter.h"
#include "cpu-tcg/native/stub_cache.h"
#include "cpu-tcg/native/x87.h"

namespace duet::tcg {

using namespace isa;

namespace {

constexpr u32 kPreComputation = 0x07;  // IE DE ZE
constexpr u32 kUnderflow = 0x10, kPrecision = 0x20;
constexpr u16 kX87Flags = 0x3f, kX87EsB = 0x8080;

// Exceptions found before the computation win: when one of them is unmasked the others of that kind are
// reported with it, and those of the result do not come about (SDM vol. 1 11.5.3, E.4.2).
u32 reportedFlags(u32 raised, u32 unmasked) {
  return raised & unmasked & kPreComputation ? raised & kPreComputation : raised;
}

bool isTiny(const u8* element, unsigned size) {
  u64 v = 0;
  std::memcpy(&v, element, size);
  const unsigned fraction = size == 2 ? 10 : size == 4 ? 23 : 52;
  const u64 exponentMask = size == 2 ? 0x1f : size == 4 ? 0xff : 0x7ff;
  return ((v >> fraction) & exponentMask) == 0 && (v & ((u64{1} << fraction) - 1)) != 0;
}

// A masked underflow is flagged only when it is also inexact; an unmasked one for every tiny result.
bool hasTinyResult(const NativeState& state, const Insn& insn) {
  const unsigned element = resultElementSize(*insn.row);
  const unsigned size = isScalar(*insn.row) ? element : insn.op[0].size;
  for (unsigned at = 0; at < size; at += element) {
    if (isTiny(state.scratch + at, element)) return true;
  }
  return false;
}

NativeResult raiseSimd(NativeState& state, const Insn& insn, u32 raised) {
  const u32 unmasked = ~(state.guestMxcsr() >> 7) & kMxcsrFlags;
  if ((unmasked & kUnderflow) && canUnderflow(*insn.row) && hasTinyResult(state, insn)) raised |= kUnderflow;
  state.setGuestMxcsr(state.guestMxcsr() | reportedFlags(raised, unmasked));
  return NativeResult::SimdException;
}

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
      if (pendingMf(state)) return NativeResult::X87Pending;
    }
  }
  const u32 status = entry_(&state, memory);
  if (status == kStubDone) [[likely]]
    return NativeResult::Ok;
  if (status == kStubSimdException || hasTinyResult(state, insn)) return raiseSimd(state, insn, state.raised);
  state.underflowChecked = 1;
  entry_(&state, memory);
  state.underflowChecked = 0;
  return NativeResult::Ok;
}

// With the guest's own control word loaded the host does everything an unmasked exception entails:
// operands kept, results with adjusted exponents, C1.
NativeResult Stub::runUnmaskedX87(NativeState& state, const Insn& insn, void* memory) const {
  if (pendingMf(state)) {
    if (!insn.row->has(kAttrNoWait)) return NativeResult::X87Pending;
    return NativeResult::Ok;  // FNENI, FNDISI, FNSETPM: nothing to do
  }
  state.hostControl = controlWord(state);
  unmaskedEntry_(&state, memory);
  u16 control, status;
  std::memcpy(&control, state.environment, 2);
  std::memcpy(&status, state.environment + 4, 2);
  const u16 raised = static_cast<u16>(status & ~control & kX87Flags);
  control |= kX87Flags;
  status = static_cast<u16>(status & ~kX87EsB);
  std::memcpy(state.environment, &control, 2);
  std::memcpy(state.environment + 4, &status, 2);
  asm volatile("fldenv %0" : : "m"(state.environment) : "memory");
  const bool suppressed = (raised & ~kPrecision) && writesMemory(insn);
  return suppressed ? NativeResult::StoreSuppressed : NativeResult::Ok;
}

}  // namespace duet::tcg
