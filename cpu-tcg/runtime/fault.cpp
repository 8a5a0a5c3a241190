#include "cpu-tcg/runtime/fault.h"

namespace duet::tcg {

void stopBefore(Context& ctx) {
  ctx.fault = {};
  longjmp(ctx.faultReturn, 1);
}

void raise(Context& ctx, Exception vector) {
  ctx.fault = PendingEvent{EventType::Exception, vector, false, 0, 0};
  longjmp(ctx.faultReturn, 1);
}

void raiseCode(Context& ctx, Exception vector, u32 errorCode) {
  ctx.fault = PendingEvent{EventType::Exception, vector, true, errorCode, 0};
  longjmp(ctx.faultReturn, 1);
}

void raisePageFault(Context& ctx, LinearAddr address, u32 errorCode) {
  ctx.fault = PendingEvent{EventType::Exception, kExcPF, true, errorCode, address.value};
  longjmp(ctx.faultReturn, 1);
}

}  // namespace duet::tcg
