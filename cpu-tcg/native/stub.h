// One guest instruction carried out by the host's own instruction.
//
// A stub serves one instruction whatever its address operand: it takes a host pointer to the operand's
// bytes. It loads the registers the row names from NativeState, executes the guest's opcode with the
// guest's MXCSR or x87 state, and stores what the row says is written. Execution checks that come before
// (CR0.TS, CR4.OSFXSR, XCR0, alignment, pending #MF, paging) are the caller's.
//
// Typical use, with the decoded instruction cached beside its stub:
//   Stub* stub = cache.get(insn);
//   if (row.has(kAttrFpu)) recordInstruction(...);
//   switch (stub->run(state, insn, operandPointer)) { ... }
#pragma once

#include "cpu-tcg/isa/insn.h"
#include "cpu-tcg/native/native_state.h"

namespace duet::tcg {

enum class NativeResult : u8 {
  Ok,
  // #XM (or #UD when CR4.OSXMMEXCPT is 0): nothing was written but the flags in the guest's MXCSR.
  SimdException,
  // Done, but an unmasked x87 exception kept the memory operand from being written: the caller must not
  // flush a bounce buffer. #MF comes with the next waiting instruction (pendingMf).
  StoreSuppressed,
  // An unmasked x87 exception was already pending: nothing executed; raise #MF. Never with ignoreX87Errors.
  X87Pending,
};

class StubCache;

// Immutable once made, valid as long as its cache, usable from any thread (each with its own state).
class Stub {
 public:
  using Entry = u32 (*)(NativeState*, void*);

  // `memory`: the operand's bytes when `insn` has a memory operand, else ignored. Either a pointer into
  // guest RAM when the operand lies in one page, or a 64-byte aligned buffer that the caller fills before
  // (when the row reads it) and writes back after Ok (when the row writes it). The host pointer must have
  // the alignment the instruction's exception class demands of the guest.
  NativeResult run(NativeState& state, const isa::Insn& insn, void* memory) const {
    const bool quiet = kind_ == Kind::Plain || (kind_ == Kind::Simd && state.simdMasked()) ||
                       (kind_ == Kind::X87 && state.x87QuietlyResident());
    if (quiet) [[likely]]
      return entry_(&state, memory), NativeResult::Ok;
    return runSpecial(state, insn, memory);
  }

 private:
  friend class StubCache;
  enum class Kind : u8 {
    Plain,  // neither x87 nor exceptions
    X87,    // uses the x87 registers, raises no SIMD exception
    Simd,   // raises SIMD exceptions, does not use the x87 registers
    Special,
  };
  NativeResult runSpecial(NativeState& state, const isa::Insn& insn, void* memory) const;
  NativeResult runUnmaskedX87(NativeState& state, const isa::Insn& insn, void* memory) const;

  Entry entry_ = nullptr;
  Entry unmaskedEntry_ = nullptr;  // x87 and SIMD rows: StubForm::Unmasked (emitter.h)
  StubCache* remake_ = nullptr;    // set in the one stub that is emitted anew for every run
  Kind kind_ = Kind::Special;
};

}  // namespace duet::tcg
