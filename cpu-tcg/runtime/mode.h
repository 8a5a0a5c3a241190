// Keeps what is derived from the architectural state in step with it.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// Recomputes everything derived (code mode, CPL = SS.DPL or 3 in V86/0 in real mode, stack size, paging state).
// Call after any change of CR0, CR3, CR4, EFER, CS, SS, RFLAGS.VM/AC, PKRU. Flushes nothing.
void updateMode(Context& ctx);

// The same when nothing but CS, SS, and RFLAGS.VM and AC has changed.
void updateSegments(Context& ctx);

// Physical memory as code and data see it, by arch.inSmm; forgets every translation when that changes.
void selectMemory(Context& ctx);

// TLB maintenance by cause (SDM vol. 3 4.10.4).
void flushTlb(Context& ctx, bool globalToo);
void flushTlbPage(Context& ctx, LinearAddr address);
// CR3 was `before`, while CR4.PCIDE is set; `keep`: what is known of the space that is entered stays.
void switchSpace(Context& ctx, u64 before, bool keep);

// RFLAGS with the arithmetic bits made from the lazy ones; and setting them whole.
u64 readFlags(const Context& ctx);
void writeFlags(Context& ctx, u64 value);  // no privilege rules: callers mask; updates mode if VM/AC changed

}  // namespace duet::tcg
