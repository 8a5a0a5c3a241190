#include "cpu-tcg/baseline/frame.h"

#include <algorithm>
#include <utility>

#include "cpu-tcg/baseline/mode_key.h"
#include "cpu-tcg/baseline/sanitizer.h"
#include "cpu-tcg/baseline/translator.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::baseline {

Record::Record(const u8* code, Spot spot, u64 ripMask)
    : index(spot >> kSpotIndexShift & (Block::kMaxInsns - 1)) {
  const auto& head =
      *reinterpret_cast<const BlockHead*>(code + u64{spot >> kSpotHeadShift} * alignof(BlockHead));
  block = head.block;
  codeRunsOf(*block);
  rip = head.rip;
  for (unsigned i = 0; i < index; ++i) rip += head.length(i);
  rip &= ripMask;
  nextRip = rip + head.length(index);
}

namespace {

const isa::Insn kDone;  // stands for an instruction that is done

Record recordOf(const Frame& frame, u64 spot) {
  return Record(frame.code, static_cast<Spot>(spot), frame.ctx->ripMask);
}

// `running`: the record's block, or this vCPU's own, where the instruction may fault (ctx.insn is one of its).
void enter(Frame& frame, const Record& record, const CodePlace& running, const isa::Insn& insn) {
  Context& ctx = *frame.ctx;
  recordX87(frame);
  ctx.flags.set(arithmeticFlags(frame.flags));
  ctx.running = &running;
  ctx.insn = &insn;
  ctx.nextRip = record.nextRip;
  ctx.retired = frame.retiredUpTo(*record.block);
}

HandlerCalls& callsOf(Counters& counters, const isa::Insn& insn) {
  return counters.handlers[insn.row ? insn.row->index : counters.handlers.size() - 1];
}

void count(Counters& counters, const isa::Insn& insn, bool lowered) {
  HandlerCalls& calls = callsOf(counters, insn);
  ++(lowered ? calls.slow : calls.whole);
}

void countLeaving(const Frame& frame, const isa::Insn& insn, bool ends) {
  Context& ctx = *frame.ctx;
  ++callsOf(*ctx.counters, insn).left;
  ctx.counters->leave(ends ? Left::Ends : ctx.leave ? Left::Events : Left::Mode);
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
u64 goOnElsewhere(Frame& frame, const Record& record, const isa::Insn& insn, bool ends) {
  Context& ctx = *frame.ctx;
  ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  if (mayGoOn(ctx)) {
    if (const void* code = frame.translator->codeHere()) {
      noteSegments(frame);
      ctx.leave = 0;
      frame.remaining += record.block->count - (record.index + 1u);
      frame.flags = lahfSetoOf(ctx.flags.arithmetic());
      return reinterpret_cast<u64>(code);
    }
  }
  if (ctx.counters) [[unlikely]]
    countLeaving(frame, insn, ends);
  ctx.retired += record.index + 1u;
  return kLeave;
}

// This vCPU's block of the record, with its instructions. Null: its code is another by now, or there is no room.
const Block* blockOf(const Frame& frame, const Record& record) {
  const Block* block = frame.translator->decoded(*record.block);
  const bool same = block && block->insns[record.index].length == record.nextRip - record.rip;
  return same ? block : nullptr;
}

// The instruction itself, not done, as its code is another by now.
u64 leaveBefore(Frame& frame, const Record& record) {
  enter(frame, record, *record.block, kDone);
  Context& ctx = *frame.ctx;
  ctx.running = nullptr;  // code memory may go
  ctx.arch.rip = record.rip;
  if (ctx.counters) [[unlikely]]
    ctx.counters->leave(Left::Events);
  ctx.retired += record.index;
  return kLeave;
}

}  // namespace

// A note of another leaf is none.
void forgetCpuid(Frame& frame) {
  for (u64 i = 0; i < Frame::kCpuidNotes; ++i) frame.cpuid[i].question = u64{0} - (i ^ 1);
}

namespace {

// As a load in real or virtual-8086 mode would leave it but for selector and base.
bool isLoadedReal(const Context& ctx, const SegmentRegister& s) {
  constexpr u32 kData = kSegPresent | kSegS | 3, kLevel3 = 3u << 5;
  if (ctx.v86) return s.attributes == (kData | kLevel3) && s.limit == 0xffff;
  return (s.attributes & ~u32{kSegDb | kSegG}) == kData;
}

}  // namespace

void noteSegments(Frame& frame) {
  const Context& ctx = *frame.ctx;
  if (ctx.codeMode == isa::CodeMode::Bits64) return;
  for (unsigned n = 0; n < 6; ++n) {
    const SegmentRegister& s = ctx.arch.segment[n];
    const bool there = (s.attributes & (kSegUnusable | kSegPresent)) == kSegPresent;
    frame.reloads[n] = !isLoadedReal(ctx, s);
    const u64 reach = there ? u64{0} - (u64{s.limit} + 1) : 0;
    frame.reach[0][n] = detail::kReadableTypes >> (s.attributes & 0xf) & 1 ? reach : 0;
    frame.reach[1][n] = detail::kWritableTypes >> (s.attributes & 0xf) & 1 ? reach : 0;
  }
}

void recordX87(Frame& frame) {
  NativeState& state = frame.ctx->native;
  const auto& segment = frame.ctx->arch.segment;
  if (const Spot spot = std::exchange(frame.x87Last, 0))
    recordInstruction(state, segment[kSegCs].selector, recordOf(frame, spot).rip,
                      static_cast<u16>(frame.x87Opcode));
  if (const u32 data = std::exchange(frame.x87Segment, 0))
    recordData(state, segment[data - 1].selector, frame.x87Offset);
}

u64 duetBaselineRun(Frame* frame, u64 spot) {
  Context& ctx = *frame->ctx;
  const Record record = recordOf(*frame, spot);
  const Block* block = blockOf(*frame, record);
  if (!block) [[unlikely]]
    return leaveBefore(*frame, record);
  const BlockInsn& insn = block->insns[record.index];
  enter(*frame, record, *block, insn);
  if (ctx.counters) [[unlikely]]
    count(*ctx.counters, insn, spot & kSpotLowered);
  insn.fn(ctx, insn);
  // Code behind it may take its operand for the last one.
  if (insn.row && insn.row->has(isa::kAttrFpu)) frame->x87Offset = ctx.native.area<u64>(kXsFdp);
  const bool ends = !insn.row || insn.row->has(isa::kAttrEnd) || record.index + 1u == record.block->count;
  if (!ends && !ctx.leave && modeKey(ctx) == frame->key) {
    frame->flags = lahfSetoOf(ctx.flags.arithmetic());
    return kGoOn;
  }
  return goOnElsewhere(*frame, record, insn, ends);
}

u64 duetBaselineWroteWindow(Frame* frame, const u64* state, u64 spot) {
  const u64 hostPage = static_cast<u64>(state - reinterpret_cast<const u64*>(frame->states));
  frame->written = kPageSize;
  return duetBaselineWrote(frame, reinterpret_cast<u8*>(hostPage << 12), spot);
}

u64 duetBaselineWrote(Frame* frame, u8* host, u64 spot) {
  Context& ctx = *frame->ctx;
  const Record record = recordOf(*frame, spot);
  enter(*frame, record, *record.block, kDone);
  detail::wroteSlow(ctx, host, frame->written);
  ctx.running = nullptr;  // code memory may go
  if (!ctx.leave) return kGoOn;
  if (ctx.counters) [[unlikely]]
    ctx.counters->leave(Left::Events);
  if (!(spot & kSpotWent)) ctx.arch.rip = ctx.nextRip & ctx.ripMask;
  ctx.retired += record.index + 1u;
  return kLeave;
}

u64 duetBaselineCpuid(Frame* frame, u64 spot) {
  Context& ctx = *frame->ctx;
  const Record record = recordOf(*frame, spot);
  const Block* block = blockOf(*frame, record);
  if (!block) [[unlikely]]
    return leaveBefore(*frame, record);
  const BlockInsn* insn = &block->insns[record.index];
  const CpuState& arch = ctx.arch;
  const u64 leaf = static_cast<u32>(arch.gpr[kRax]), subleaf = static_cast<u32>(arch.gpr[kRcx]);
  insn->fn(ctx, *insn);
  const u64 now[] = {u64{0} - arch.cr4, u64{0} - arch.xcr0, u64{0} - arch.msr.xss,
                     u64{0} - arch.msr.miscEnable};
  if (!std::ranges::equal(now, frame->cpuidFor)) {
    std::ranges::copy(now, frame->cpuidFor);
    forgetCpuid(*frame);
  }
  // These depend on the local APIC, too.
  if (leaf == 1 || leaf == 0x80000001) return kGoOn;
  frame->cpuid[leaf % Frame::kCpuidNotes] = {
      u64{0} - (leaf + (subleaf << 32)), static_cast<u32>(arch.gpr[kRax]), static_cast<u32>(arch.gpr[kRbx]),
      static_cast<u32>(arch.gpr[kRcx]), static_cast<u32>(arch.gpr[kRdx])};
  return kGoOn;
}

u64 duetBaselineX87(Frame* frame) {
  x87Acquire(frame->ctx->native);
  frame->ctx->xrstor.components &= ~u64{kXcr0X87};
  return kGoOn;
}

}  // namespace duet::tcg::baseline
