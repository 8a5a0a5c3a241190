#include "cpu-tcg/baseline/frame.h"

#include "cpu-tcg/baseline/mode_key.h"

namespace duet::tcg::baseline {

u32 duetBaselineRun(Frame* frame, const Record* record) {
  Context& ctx = *frame->ctx;
  const BlockInsn& insn = *record->insn;
  ctx.flags.set(arithmeticFlags(frame->flags));
  ctx.running = record->block;
  ctx.insn = &insn;
  ctx.nextRip = record->nextRip;
  ctx.retired = frame->retiredUpTo(*record->block);
  insn.fn(ctx, insn);
  if (!record->ends && !ctx.leave && modeKey(ctx) == frame->key) {
    frame->flags = lahfSetoOf(ctx.flags.arithmetic());
    return 0;
  }
  ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  ctx.retired += record->index + 1u;
  return 1;
}

}  // namespace duet::tcg::baseline
