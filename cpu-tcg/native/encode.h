// Re-encodes a decoded guest instruction for the host in 64-bit mode: same opcode, the memory operand
// replaced by a pointer register, general registers by scratch ones, vector and MMX registers as they are.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg {

// Host registers of general-register operands, by where the encoding names them. RSI is the memory
// operand's address, RDI the NativeState; RAX is kept for flags.
inline constexpr u8 kHostReg = 1;    // ModRM.reg: RCX
inline constexpr u8 kHostRm = 2;     // ModRM.rm: RDX
inline constexpr u8 kHostVvvv = 10;  // VEX.vvvv: R10

struct HostBytes {
  u8 bytes[16];
  u8 size = 0;
  void put(unsigned b) { bytes[size++] = static_cast<u8>(b); }
};

u8 hostRegisterOf(isa::Slot slot);

// A memory operand becomes [rsi].
HostBytes encodeForHost(const isa::Insn& insn);

// What the emitted stub depends on, and nothing else; equal keys, equal stubs.
u64 stubKey(const isa::Insn& insn);

}  // namespace duet::tcg
