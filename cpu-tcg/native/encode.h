// Re-encodes a decoded guest instruction for the host in 64-bit mode: same opcode, the memory operand
// replaced by a pointer register, general registers by scratch ones, vector and MMX registers as they are.
#pragma once

#include "cpu-tcg/isa/insn.h"

namespace duet::tcg {

// Host registers of general-register operands, by where the encoding names them, and of the memory operand's address: [pointer]
// or [pointer + index] (pointer not RSP, RBP, R12 or R13, which are encoded otherwise; index not RSP).
struct HostRegisters {
  static constexpr u8 kNoIndex = 0xff;
  u8 reg, rm, vvvv;  // ModRM.reg, ModRM.rm, VEX.vvvv
  u8 pointer;
  u8 index = kNoIndex;
};
// Of stubs: RCX, RDX, R10, RSI. RDI is the NativeState; RAX is kept for flags.
inline constexpr HostRegisters kStubRegisters{1, 2, 10, 6};

struct HostBytes {
  u8 bytes[16];
  u8 size = 0;
  void put(unsigned b) { bytes[size++] = static_cast<u8>(b); }
};

u8 hostRegisterOf(isa::Slot slot, const HostRegisters& host = kStubRegisters);

HostBytes encodeForHost(const isa::Insn& insn, const HostRegisters& host = kStubRegisters);

// What the emitted stub depends on, and nothing else; equal keys, equal stubs.
u64 stubKey(const isa::Insn& insn);

}  // namespace duet::tcg
