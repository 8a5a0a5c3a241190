// CpuState in and out of a vCPU. What comes in may be a hostile snapshot: an impossible state is refused
// with a reason, and then nothing has changed.
#include <cstring>

#include "core/cpu/state_check.h"
#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

u64 presentComponents(const CpuState& s) {
  u64 value;
  std::memcpy(&value, &s.xsave[kXsaveLegacySize], sizeof value);
  return value;
}

}  // namespace

void exportState(Context& ctx, CpuState& out) {
  x87Release(ctx.native);
  // XSTATE_BV names at least what is not in its initial configuration.
  const u64 inUse = presentComponents(ctx.arch) | componentsInUse(ctx);
  ctx.native.setArea<u64>(kXsaveLegacySize, inUse);
  out = ctx.arch;
  out.rflags = readFlags(ctx);
  out.cr8 = ctx.env->interrupts.taskPriority();
}

Result<> importState(Context& ctx, const CpuState& in) {
  if (auto r = checkState(ctx.env->model, in); !r) return r;
  x87Release(ctx.native);
  ctx.arch = in;
  const u64 present = presentComponents(in);
  constexpr u64 kKnown = kXcr0X87 | kXcr0Sse | kXcr0Avx | kXcr0Pkru;
  const u32 mxcsr = ctx.native.guestMxcsr();
  initializeComponents(ctx, kKnown & ~present);
  ctx.native.setGuestMxcsr(mxcsr);
  updateFpuRules(ctx);
  ctx.xrstor = {};
  ctx.ferr = ctx.env->fpuError != nullptr;  // the first instruction that clears an x87 exception tells it
  ctx.flags.set(static_cast<u32>(in.rflags));
  ctx.arch.rflags = (in.rflags & ~u64{kFlagsArithmetic}) | 2;
  ctx.env->interrupts.setTaskPriority(static_cast<u8>(in.cr8));
  ctx.nextRip = ctx.arch.rip;
  updateMode(ctx);
  selectMemory(ctx);
  flushTlb(ctx, true);
  return {};
}

}  // namespace duet::tcg
