// Emits the code of one stub: u32 stub(NativeState* rdi, void* rsi), SysV ABI, no frame.
#pragma once

#include <vector>

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg {

// Return values of emitted code.
enum StubStatus : u32 {
  kStubDone = 0,
  kStubSimdException = 1,   // NativeState::raised has the flags, scratch the result; nothing committed
  kStubCheckUnderflow = 2,  // guest unmasks underflow: as above, to be looked at for tiny elements
};

// x87 code comes in two forms: Masked runs with what is in the host's unit (all exceptions masked).
// Unmasked loads NativeState::hostControl first, and afterwards leaves the environment in
// NativeState::environment and the unit with cleared flags; the caller puts the environment back. An x87
// exception is only signalled by the next *waiting* instruction (SDM vol. 1 8.7), and between the guest's
// instruction and FNCLEX there is none.
enum class X87Form : u8 { Masked, Unmasked };

// Position-independent bytes, or empty if the assembler failed (out of memory).
std::vector<u8> emitStub(const isa::Insn& insn, X87Form form);

// The row computes a floating-point result that can be too small for its format.
bool canUnderflow(const isa::Row& row);
// Bytes of one result element: 2, 4 or 8.
unsigned resultElementSize(const isa::Row& row);
// Only the lowest element is computed.
bool isScalar(const isa::Row& row);

}  // namespace duet::tcg
