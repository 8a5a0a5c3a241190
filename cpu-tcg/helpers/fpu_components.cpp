// The guest's extended state as components (SDM vol. 1 chapter 13).
#include <algorithm>
#include <cstring>

#include "cpu-tcg/helpers/fpu_state.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

bool allZero(const u8* p, size_t size) {
  return std::all_of(p, p + size, [](u8 b) { return b == 0; });
}

bool x87InUse(Context& ctx) {
  NativeState& n = ctx.native;
  x87Release(n);
  const bool selectors = n.area<u16>(kXsFcs) || n.area<u16>(kXsFds);
  return n.area<u16>(kXsFcw) != 0x37f || selectors || !allZero(n.xsave + kXsFsw, kXsMxcsr - kXsFsw) ||
         !allZero(n.xsave + kXsSt0, 128);
}

}  // namespace

u64 componentsInUse(Context& ctx) {
  const NativeState& n = ctx.native;
  u64 inUse = 0;
  if (x87InUse(ctx)) inUse |= kXcr0X87;
  if (!allZero(n.xsave + kXsXmm0, 256)) inUse |= kXcr0Sse;
  if (!allZero(n.xsave + kXsYmmHigh, 256)) inUse |= kXcr0Avx;
  if (pkru(ctx) != 0) inUse |= kXcr0Pkru;
  return inUse;
}

void initializeComponents(Context& ctx, u64 components) {
  NativeState& n = ctx.native;
  if (components & kXcr0X87) resetX87(n);
  if (components & kXcr0Sse) {
    std::memset(n.xsave + kXsXmm0, 0, 256);
    n.setGuestMxcsr(kMxcsrDefault);
  }
  if (components & kXcr0Avx) std::memset(n.xsave + kXsYmmHigh, 0, 256);
  if (components & kXcr0Pkru) setPkru(ctx, 0);
}

// Keys are part of the rights that TLB entries remember.
void setPkru(Context& ctx, u32 value) {
  ctx.xrstor.components &= ~kXcr0Pkru;
  if (pkru(ctx) == value) return;
  ctx.native.setArea<u32>(kXsavePkruOffset, value);
  updateMode(ctx);
  if (ctx.paging.pke) flushTlb(ctx, true);
}

}  // namespace duet::tcg
