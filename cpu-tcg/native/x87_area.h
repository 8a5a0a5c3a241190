// The x87 part of the XSAVE area while it is current (not resident). Private to this folder.
#pragma once

#include "cpu-tcg/native/native_state.h"

namespace duet::tcg {

inline constexpr u16 kX87Masks = 0x3f;
inline constexpr u16 kX87EsB = 0x8080;

// Bits 7:6 and 15:13 cannot be written; bit 6 reads as 1.
constexpr u16 legalControl(u16 value) { return static_cast<u16>((value & 0x1f3f) | 0x40); }

// `status` with ES and B as `control` makes them.
constexpr u16 withSummary(u16 status, u16 control) {
  const bool pending = status & ~control & 0x3f;
  return static_cast<u16>((status & ~kX87EsB) | (pending ? kX87EsB : 0));
}

struct X87Pointers {
  u64 ip = 0, dp = 0;
  u16 cs = 0, ds = 0, opcode = 0;
};

X87Pointers pointers(const NativeState& state);
void setPointers(NativeState& state, const X87Pointers& p);

// Changes FSW.TOP. The area holds ST0-7, so the physical registers' contents move to other slots.
void moveTop(NativeState& state, unsigned newTop);

// The 16-bit tag word (00 valid, 01 zero, 10 special, 11 empty), by physical register.
u16 fullTags(const NativeState& state);

}  // namespace duet::tcg
