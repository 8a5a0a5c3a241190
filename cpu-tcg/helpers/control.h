// Control registers and what hangs on them.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// MOV to CR with every check (SDM vol. 3 2.5, 4.1, 4.10.4.1); a fault changes nothing.
void writeCr0(Context& ctx, u64 value);
void writeCr3(Context& ctx, u64 value);
void writeCr4(Context& ctx, u64 value);
void writeCr8(Context& ctx, u64 value);
// CR3 as a task switch loads it: PDPTEs under PAE, TLB flush.
void loadCr3(Context& ctx, u64 value);
// WRMSR to EFER.
void writeEfer(Context& ctx, u64 value);

// Reads the four PDPTEs at `cr3`; false when a present one has a reserved bit.
bool fetchPdptes(const Context& ctx, u64 cr3, std::array<u64, 4>& entries);

// Bits of CR3 and of PDPTEs above the physical address width.
u64 physicalReservedBits(const Context& ctx);

// #DB now, with `dr6` to be or-ed into DR6; returns to the instruction when it is a fault.
[[noreturn]] void raiseDebug(Context& ctx, u64 dr6);

}  // namespace duet::tcg
