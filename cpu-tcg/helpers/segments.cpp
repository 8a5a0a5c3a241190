#include "cpu-tcg/helpers/segments.h"

#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/stack_frame.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

SegmentRegister realModeSegment(const Context& ctx, const SegmentRegister& before, u16 selector) {
  const u64 base = u64{selector} << 4;
  if (ctx.v86) return {selector, base, 0xffff, kVirtual8086Segment};
  // Real mode keeps limit, granularity and D/B ("unreal" mode rests on that).
  if (!before.usable()) return {selector, base, 0xffff, kSegPresent | kSegS | 3};
  return {selector, base, before.limit, (before.attributes & (kSegDb | kSegG)) | kSegPresent | kSegS | 3};
}

SegmentRegister checkedStackSegment(Context& ctx, u16 selector, unsigned cpl, Exception vector, bool ext) {
  if (isNull(selector)) raiseSelector(ctx, vector, 0, ext);
  Descriptor d = fetchDescriptor(ctx, selector, vector, ext);
  if (rpl(selector) != cpl || !d.writableData() || d.dpl() != cpl) raiseSelector(ctx, vector, selector, ext);
  if (!d.present()) raiseSelector(ctx, kExcSS, selector, ext);
  markAccessed(ctx, d);
  return d.segment(selector);
}

SegmentRegister checkedSegment(Context& ctx, isa::SegReg seg, u16 selector) {
  if (!ctx.protectedMode) return realModeSegment(ctx, ctx.arch.segment[seg], selector);
  if (seg == isa::kSs) {
    if (isNull(selector) && ctx.codeMode == isa::CodeMode::Bits64 && ctx.cpl < 3 && rpl(selector) == ctx.cpl)
      return nullStackSegment(ctx.cpl, selector);
    return checkedStackSegment(ctx, selector, ctx.cpl, kExcGP, false);
  }
  if (isNull(selector)) return {selector, 0, 0, kSegUnusable};
  Descriptor d = fetchDescriptor(ctx, selector, kExcGP);
  if (!d.readable()) raiseSelector(ctx, kExcGP, selector);
  const bool checksPrivilege = !d.isCode() || !d.conforming();
  if (checksPrivilege && (rpl(selector) > d.dpl() || ctx.cpl > d.dpl())) raiseSelector(ctx, kExcGP, selector);
  if (!d.present()) raiseSelector(ctx, kExcNP, selector);
  markAccessed(ctx, d);
  return d.segment(selector);
}

void loadSegment(Context& ctx, isa::SegReg seg, u16 selector) {
  ctx.arch.segment[seg] = checkedSegment(ctx, seg, selector);
  updateMode(ctx);
}

void dropInnerSegments(Context& ctx) {
  for (const isa::SegReg seg : {isa::kEs, isa::kDs, isa::kFs, isa::kGs}) {
    SegmentRegister& s = ctx.arch.segment[seg];
    const bool conformingCode = (s.attributes & (kSegS | 0xc)) == (kSegS | 0xc);
    if (!s.usable() || conformingCode || s.dpl() >= ctx.cpl) continue;
    s.selector = 0;
    s.attributes |= kSegUnusable;
  }
}

}  // namespace duet::tcg
