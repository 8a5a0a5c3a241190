#include "cpu-tcg/baseline/frame.h"

#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::baseline {

namespace {

void enter(Frame& frame, const Record& record) {
  Context& ctx = *frame.ctx;
  ctx.flags.set(arithmeticFlags(frame.flags));
  ctx.running = record.block;
  ctx.insn = record.insn;
  ctx.nextRip = record.nextRip;
  ctx.retired = frame.retiredUpTo(*record.block);
}

HandlerCalls& callsOf(Counters& counters, const Record& record) {
  const isa::Row* row = record.insn->row;
  return counters.handlers[row ? row->index : counters.handlers.size() - 1];
}

void count(Counters& counters, const Record& record) {
  HandlerCalls& calls = callsOf(counters, record);
  ++(record.lowered ? calls.slow : calls.whole);
}

void countLeaving(const Frame& frame, const Record& record) {
  Context& ctx = *frame.ctx;
  ++callsOf(*ctx.counters, record).left;
  ctx.counters->leave(record.ends ? Left::Ends : ctx.leave ? Left::Events : Left::Mode);
}

// Of the memory operand, or of what is pushed.
u32 storeSize(const isa::Insn& insn) {
  for (const isa::Operand& op : insn.op)
    if (op.kind == isa::OperandKind::Memory && insn.row->operands[&op - insn.op].access != isa::Access::Read)
      return op.size;
  return insn.opSize;
}

}  // namespace

u32 duetBaselineRun(Frame* frame, const Record* record) {
  Context& ctx = *frame->ctx;
  const BlockInsn& insn = *record->insn;
  enter(*frame, *record);
  if (ctx.counters) [[unlikely]]
    count(*ctx.counters, *record);
  insn.fn(ctx, insn);
  if (!record->ends && !ctx.leave && modeKey(ctx) == frame->key) {
    frame->flags = lahfSetoOf(ctx.flags.arithmetic());
    return 0;
  }
  if (ctx.counters) [[unlikely]]
    countLeaving(*frame, *record);
  ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  ctx.retired += record->index + 1u;
  return 1;
}

u32 duetBaselineWrote(Frame* frame, u8* host, const Record* record) {
  Context& ctx = *frame->ctx;
  enter(*frame, *record);
  detail::wroteSlow(ctx, host, storeSize(*record->insn));
  if (!ctx.leave) return 0;
  if (ctx.counters) [[unlikely]]
    ctx.counters->leave(Left::Events);
  const bool calls = record->insn->row->has(isa::kAttrEnd);  // which has set arch.rip
  if (!calls) ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  ctx.retired += record->index + 1u;
  return 1;
}

}  // namespace duet::tcg::baseline
