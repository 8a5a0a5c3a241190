#include "cpu-tcg/helpers/stack_frame.h"

#include "cpu-tcg/helpers/segments.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

namespace {

// Offset of a TSS stack slot, after its limit check: #TS(TR) when the TSS is too short.
LinearAddr tssSlot(Context& ctx, u32 offset, u32 size, bool ext) {
  const SegmentRegister& tr = ctx.arch.tr;
  if (!tr.usable() || u64{offset} + size - 1 > tr.limit) raiseSelector(ctx, kExcTS, tr.selector, ext);
  return systemAddress(ctx, tr.base + offset);
}

}  // namespace

InnerStack innerStack(Context& ctx, unsigned cpl, bool ext) {
  u16 selector;
  u64 sp;
  if (ctx.arch.tr.type() & 8) {
    const LinearAddr slot = tssSlot(ctx, 4 + cpl * 8, 6, ext);
    sp = loadSystem<u32>(ctx, slot);
    selector = loadSystem<u16>(ctx, slot + 4);
  } else {
    const LinearAddr slot = tssSlot(ctx, 2 + cpl * 4, 4, ext);
    sp = loadSystem<u16>(ctx, slot);
    selector = loadSystem<u16>(ctx, slot + 2);
  }
  return {checkedStackSegment(ctx, selector, cpl, kExcTS, ext), sp};
}

u64 stackPointer64(Context& ctx, unsigned slot, bool ext) {
  const u64 sp = loadSystem<u64>(ctx, tssSlot(ctx, 4 + slot * 8, 8, ext));
  if (!isCanonical(ctx, sp)) raiseCode(ctx, kExcSS, ext ? 1 : 0);
  return sp;
}

SegmentRegister nullStackSegment(unsigned cpl, u16 selector) {
  return {selector, 0, 0, kSegUnusable | (cpl << 5)};
}

void commitCode(Context& ctx, const FarTarget& target) {
  ctx.arch.segment[kSegCs] = target.cs;
  ctx.nextRip = target.rip;
  updateSegments(ctx);
  ctx.leave |= kLeaveCode;
}

}  // namespace duet::tcg
