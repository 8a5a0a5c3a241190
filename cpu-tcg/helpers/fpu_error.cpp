#include "cpu-tcg/helpers/fpu_error.h"

#include "cpu-tcg/native/x87.h"

namespace duet::tcg {

void checkX87ErrorUnmasked(Context& ctx) {
  ctx.native.ignoreX87Errors = false;
  if (!pendingMf(ctx.native)) return;
  if (ctx.arch.cr0 & kCr0Ne) raise(ctx, kExcMF);
  if (FpuErrorPins* pins = ctx.env->fpuError) {
    if (pins->ignne()) {
      ctx.native.ignoreX87Errors = true;
      return;
    }
    ctx.ferr = true;
    pins->setFerr(true);
  }
  ctx.arch.activity = Activity::Halted;
  ctx.exitReason = ExitReason::Halt;
  ctx.leave |= kLeaveExit;
  stopBefore(ctx);
}

void x87ErrorMayBeGone(Context& ctx) {
  if (!ctx.ferr || pendingMf(ctx.native)) return;
  ctx.ferr = false;
  ctx.env->fpuError->setFerr(false);
}

}  // namespace duet::tcg
