// Emits the code of one stub: u32 stub(NativeState* rdi, void* rsi), SysV ABI, no frame. It returns 0 when the
// instruction is done, 1 when the processor raised an unmasked SIMD exception and nothing was committed.
#pragma once

#include <vector>

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg {

// Code of x87 and SIMD floating-point rows comes in two forms.
// Masked: every exception is masked; x87 runs with what is in the host's unit.
// Unmasked, for a guest that unmasks something:
//  - x87 loads NativeState::hostControl first, and afterwards leaves the environment in
//    NativeState::environment and the unit with cleared flags; the caller puts the environment back. An x87
//    exception is only signalled by the next *waiting* instruction (SDM vol. 1 8.7), and between the guest's
//    instruction and FNCLEX there is none.
//  - SIMD runs with the guest's own masks, so the host may trap: only under runTrapping() (simd_trap.h).
enum class StubForm : u8 { Masked, Unmasked };

// Position-independent bytes, or empty if the assembler failed (out of memory).
std::vector<u8> emitStub(const isa::Insn& insn, StubForm form);

}  // namespace duet::tcg
