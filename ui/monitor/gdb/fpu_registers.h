// The x87 and vector registers inside CpuState's XSAVE area, one by one.
#pragma once

#include "core/cpu/cpu_state.h"

namespace duet::ui::gdb {

// A component that the area marks as initial reads as its initial value, whatever bytes lie there; writing
// into it brings all of it up to date first.
void readArea(const CpuState& state, u64 component, u32 offset, u32 size, u8* out);
void writeArea(CpuState& state, u64 component, u32 offset, u32 size, const u8* in);

// x87 control registers as FSTENV has them, in the order gdb lists them (its index).
enum X87Control : unsigned { kFctrl, kFstat, kFtag, kFiseg, kFioff, kFoseg, kFooff, kFop };
u32 readX87(const CpuState& state, unsigned which);
void writeX87(CpuState& state, unsigned which, u32 value);

inline constexpr u32 kAreaMxcsr = 24, kAreaSt0 = 32, kAreaXmm0 = 160;

}  // namespace duet::ui::gdb
