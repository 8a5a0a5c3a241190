#include "cpu-tcg/baseline/frame.h"

#include <utility>

#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::baseline {

Record::Record(const u8* code, Spot spot, u64 ripMask)
    : index(spot >> kSpotIndexShift & (Block::kMaxInsns - 1)), lowered(spot & kSpotLowered) {
  const auto& head =
      *reinterpret_cast<const BlockHead*>(code + u64{spot >> kSpotHeadShift} * alignof(BlockHead));
  block = head.block;
  insn = &block->insns[index];
  u64 rip = head.rip;
  for (unsigned i = 0; i < index; ++i) rip += head.length(i);
  nextRip = (rip & ripMask) + head.length(index);
  ends = !insn->row || insn->row->has(isa::kAttrEnd) || index + 1u == block->count;
}

namespace {

Record recordOf(const Frame& frame, u64 spot) {
  return Record(frame.code, static_cast<Spot>(spot), frame.ctx->ripMask);
}

void enter(Frame& frame, const Record& record) {
  Context& ctx = *frame.ctx;
  recordX87(frame);
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

// Whether the next instruction is one that compiled code may run: nothing asks for a boundary (TcgVcpu) or for a look at it. That
// it is not too many, and that there is no mail, the code there sees for itself.
bool mayGoOn(const Context& ctx) {
  constexpr u32 kHarmless = kLeaveCode | kLeaveFlags;
  const u64 flags = ctx.arch.rflags;
  if ((ctx.leave & ~kHarmless) || (flags & (kFlagTf | kFlagRf)) || ctx.watchCode) return false;
  if (ctx.arch.interruptShadow != InterruptShadow::None || !mayRun(ctx)) return false;
  return !(ctx.interruptPending && (flags & kFlagIf));
}

// The record's instruction is done, control is where the context says: on with the code there, if there is any.
u64 goOnElsewhere(Frame& frame, const Record& record) {
  Context& ctx = *frame.ctx;
  ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  if (mayGoOn(ctx)) {
    if (const void* code = frame.translator->codeHere()) {
      ctx.leave = 0;
      frame.remaining += record.block->count - (record.index + 1u);
      frame.flags = lahfSetoOf(ctx.flags.arithmetic());
      return reinterpret_cast<u64>(code);
    }
  }
  if (ctx.counters) [[unlikely]]
    countLeaving(frame, record);
  ctx.retired += record.index + 1u;
  return kLeave;
}

}  // namespace

void recordX87(Frame& frame) {
  NativeState& state = frame.ctx->native;
  const auto& segment = frame.ctx->arch.segment;
  if (const Spot spot = std::exchange(frame.x87Last, 0)) {
    const Record last = recordOf(frame, spot);
    const BlockInsn& insn = *last.insn;
    recordInstruction(state, segment[kSegCs].selector, (last.nextRip - insn.length) & frame.ctx->ripMask,
                      x87Opcode(insn.opcode, insn.modrm));
  }
  if (const Spot data = std::exchange(frame.x87Data, 0))
    recordData(state, segment[recordOf(frame, data).insn->mem.segment].selector, frame.x87Offset);
}

u64 duetBaselineRun(Frame* frame, u64 spot) {
  Context& ctx = *frame->ctx;
  const Record record = recordOf(*frame, spot);
  const BlockInsn& insn = *record.insn;
  enter(*frame, record);
  if (ctx.counters) [[unlikely]]
    count(*ctx.counters, record);
  insn.fn(ctx, insn);
  // Code behind it may take its operand for the last one.
  if (insn.row && insn.row->has(isa::kAttrFpu)) frame->x87Offset = ctx.native.area<u64>(kXsFdp);
  if (!record.ends && !ctx.leave && modeKey(ctx) == frame->key) {
    frame->flags = lahfSetoOf(ctx.flags.arithmetic());
    return kGoOn;
  }
  return goOnElsewhere(*frame, record);
}

u64 duetBaselineWroteWindow(Frame* frame, const u32* state, u64 spot) {
  const u64 hostPage = static_cast<u64>(state - reinterpret_cast<const u32*>(frame->states));
  frame->written = kPageSize;
  return duetBaselineWrote(frame, reinterpret_cast<u8*>(hostPage << 12), spot);
}

u64 duetBaselineWrote(Frame* frame, u8* host, u64 spot) {
  Context& ctx = *frame->ctx;
  const Record record = recordOf(*frame, spot);
  enter(*frame, record);
  detail::wroteSlow(ctx, host, frame->written);
  if (!ctx.leave) return kGoOn;
  if (ctx.counters) [[unlikely]]
    ctx.counters->leave(Left::Events);
  const bool calls = record.insn->row->has(isa::kAttrEnd);  // which has set arch.rip
  if (!calls) ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  ctx.retired += record.index + 1u;
  return kLeave;
}

u64 duetBaselineX87(Frame* frame) {
  x87Acquire(frame->ctx->native);
  frame->ctx->xrstor.components &= ~u64{kXcr0X87};
  return kGoOn;
}

}  // namespace duet::tcg::baseline
