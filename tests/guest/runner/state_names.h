// Registers and flags by the names a test's header uses.
#pragma once

#include <optional>
#include <string_view>

#include "core/cpu/cpu_state.h"

namespace duet::test {

struct NamedValue {
  u64 value = 0;
  unsigned bits = 64;
};

// al..r15, rip, segment selectors, cr0..cr4 cr8, dr0..dr7, efer, xcr0, xmm0.lo, xmm0.hi, st0.lo, st0.hi,
// ymm0.lo (bits 191:128), ymm0.hi, mxcsr, fcw, fsw, fip, tr, ldtr, cs.base, rflags and the like. Nothing for an unknown name.
std::optional<NamedValue> readRegister(const CpuState& state, std::string_view name);
// General registers only; false for other names.
bool writeRegister(CpuState& state, std::string_view name, u64 value);

struct FlagPattern {
  u64 set = 0, clear = 0;
};
// "cf,!zf"; "arith" stands for the six arithmetic flags.
std::optional<FlagPattern> parseFlags(std::string_view text);

// "gp", "pf", ... or nothing.
std::optional<u8> exceptionVector(std::string_view name);
bool pushesErrorCode(u8 vector);

}  // namespace duet::test
