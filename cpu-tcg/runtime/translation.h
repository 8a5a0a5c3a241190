// TLB misses: walking, filling, and raising what the walk says.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// Where a data access of one page goes: `host`, or a device (or ROM, for writes) at `physical`.
struct PageTarget {
  u8* host = nullptr;
  Gpa physical;
};

// Translates for the privilege of `bank`; raises #PF. Sets A (and D for writes) in the page tables.
PageTarget dataPage(Context& ctx, LinearAddr address, bool write, mmu::TlbBank bank);

// Raises the #PF that dataPage() would raise, and changes nothing.
void requirePage(Context& ctx, LinearAddr address, bool write, mmu::TlbBank bank);

// Notes what [address, +size) touches: DR0-3 data breakpoints in ctx.debugHits, a debugger's watchpoint in
// ctx.debugStop (the first one counts).
void noteDataBreakpoints(Context& ctx, LinearAddr address, u32 size, bool write);
// Of CR4.DE: ports that DR7 watches.
void notePortBreakpoints(Context& ctx, u16 port, u32 size);

}  // namespace duet::tcg
