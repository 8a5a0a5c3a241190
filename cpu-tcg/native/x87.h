// The guest's x87 unit outside of arithmetic: where its registers are, control and status words, pending
// exceptions, and the memory images of FNSTENV/FLDENV/FNSAVE/FRSTOR.
//
// Guest exceptions may be unmasked; the host's control word is always fully masked while compiled code
// runs, so no SIGFPE can arrive. FSW.ES and FSW.B are not stored but derived: they are 1 exactly when a
// flag is set that FCW does not mask (SDM vol. 1 8.1.3.3).
#pragma once

#include "cpu-tcg/native/native_state.h"

namespace duet::tcg {

void x87Acquire(NativeState& state);  // no-op when resident
void x87Release(NativeState& state);  // no-op when not

// An unmasked exception waits: the next waiting x87 or MMX instruction (FWAIT too) raises #MF.
bool pendingMf(const NativeState& state);

u16 controlWord(const NativeState& state);           // FNSTCW
void setControlWord(NativeState& state, u16 value);  // FLDCW
u16 statusWord(const NativeState& state);            // FNSTSW, with ES and B
void clearExceptions(NativeState& state);            // FNCLEX
void initializeX87(NativeState& state);              // FNINIT (the data registers keep their bits)

// Pointers of the last non-control instruction, kept by the caller: after every executed row with kAttrFpu, not
// kAttrNoWait, whose Sem is Native, and the data pointer when it has a memory operand. `ip`, `offset`: offsets
// in their segments. `opcode`: first byte & 7 in bits 10:8, ModRM in 7:0. state.rules may ask that an unmasked
// exception be pending.
void recordInstruction(NativeState& state, u16 cs, u64 ip, u16 opcode);
void recordData(NativeState& state, u16 segment, u64 offset);
inline u16 x87Opcode(u8 firstByte, u8 modrm) { return static_cast<u16>((firstByte & 7) << 8 | modrm); }

// Images (SDM vol. 1 figures 8-9 to 8-12). `size16`: 16-bit operand size, 14 and 94 bytes; else 28 and 108.
// `protectedMode` false: the real-address and virtual-8086 layouts.
inline constexpr u32 environmentSize(bool size16) { return size16 ? 14 : 28; }
inline constexpr u32 x87ImageSize(bool size16) { return size16 ? 94 : 108; }
// FNSTENV masks all exceptions afterwards, FNSAVE initialises the unit: call maskAll/initializeX87 once the
// image has reached guest memory.
void storeEnvironment(NativeState& state, u8* out, bool size16, bool protectedMode);
void loadEnvironment(NativeState& state, const u8* in, bool size16, bool protectedMode);
void storeX87(NativeState& state, u8* out, bool size16, bool protectedMode);
void loadX87(NativeState& state, const u8* in, bool size16, bool protectedMode);
void maskAllX87(NativeState& state);

// The first 160 bytes of FXSAVE/XSAVE images for x87 (FCW..FDP and ST0-7; MXCSR bytes are left alone):
// `rexW` true gives 64-bit pointers, false 32-bit offset and selector. They release the unit. Bytes 6 to 23,
// the pointers, are left alone when state.rules says so.
void storeFxsaveX87(NativeState& state, u8* out, bool rexW);
void loadFxsaveX87(NativeState& state, const u8* in, bool rexW);
// x87 part in its initial configuration (XRSTOR with XSTATE_BV[0] = 0): data registers are zeroed too.
void resetX87(NativeState& state);

}  // namespace duet::tcg
