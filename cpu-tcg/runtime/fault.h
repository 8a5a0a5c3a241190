// Raising guest exceptions from semantic functions and helpers.
#pragma once

#include "cpu-tcg/runtime/context.h"

namespace duet::tcg {

// Leaves the current instruction with an exception; does not return (longjmp to the run loop, which
// restores rip to insnRip() and delivers it). Nothing of the instruction may have been committed to arch yet, except
// what the manual says stays (REP progress).
[[noreturn]] void raise(Context& ctx, Exception vector);  // no error code
[[noreturn]] void raiseCode(Context& ctx, Exception vector, u32 errorCode);
[[noreturn]] void raisePageFault(Context& ctx, LinearAddr address, u32 errorCode);  // sets CR2 at delivery
// Leaves the current instruction undone, with no event: the next boundary decides (ctx.arch.activity).
[[noreturn]] void stopBefore(Context& ctx);
// The handler returns after this: what it did stays, and the instruction goes on by itself after the event that is due.
// Intel's processors set RF, as its own breakpoint was due before its first part; AMD's leave it.
inline void leaveUnfinished(Context& ctx) {
  ctx.nextRip = ctx.insnRip();
  if (!ctx.amd) ctx.arch.rflags |= kFlagRf;
  ctx.leave |= kLeaveEvents;
}
[[noreturn]] inline void raiseGp0(Context& ctx) { raiseCode(ctx, kExcGP, 0); }
[[noreturn]] inline void raiseUd(Context& ctx) { raise(ctx, kExcUD); }

}  // namespace duet::tcg
