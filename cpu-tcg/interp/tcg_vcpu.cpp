#include "cpu-tcg/interp/tcg_vcpu.h"

#include <algorithm>

#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {

TcgVcpu::TcgVcpu(const VcpuEnv& env, mmu::Ram& ram, StubCache& stubs)
    : env_(env),
      builder_((ctx_.env = &env_, ctx_.ram = &ram, ctx_), cache_, stubs),
      jump_(new JumpEntry[kJumpEntries]) {
  const auto loaded = importState(ctx_, resetState(env.index == 0));
  (void)loaded;
  updateMode(ctx_);
}

VcpuExit TcgVcpu::run(const RunBudget& budget) { return enter(budget.instructions, false); }

VcpuExit TcgVcpu::step() { return enter(1, true); }

void TcgVcpu::requestExit() { env_.mailbox.post(kMailExit); }

void TcgVcpu::saveState(CpuState& out) {
  exportState(ctx_, out);
  // What was taken out of the mailbox and not yet delivered goes back: the next engine asks there.
  if (nmiPending_) env_.mailbox.post(kMailNmi);
  if (interruptPending_) env_.mailbox.post(kMailInterrupt);
  nmiPending_ = false;
  if (trapBits_ && out.pending.type == EventType::None) {
    out.pending = {EventType::Exception, kExcDB, false, 0, trapBits_};
  }
}

Result<> TcgVcpu::loadState(const CpuState& in) {
  if (auto loaded = importState(ctx_, in); !loaded) return loaded;
  ctx_.tlb.flushAll();
  updateMode(ctx_);
  trapBits_ = 0;
  nmiPending_ = false;
  interruptPending_ = true;
  return {};
}

VcpuExit TcgVcpu::enter(u64 limit, bool single) {
  limit_ = limit;
  single_ = single;
  ctx_.retired = 0;
  ctx_.leave = kLeaveEvents;
  ctx_.exitReason = ExitReason::Budget;
  delivering_ = {};
  loop();
  x87Release(ctx_.native);
  ctx_.arch.instructions += ctx_.retired;
  return VcpuExit{ctx_.exitReason, ctx_.retired, wakeMask(), {}};
}

// The mail that can end a wait in the present state.
u32 TcgVcpu::wakeMask() const {
  if (ctx_.arch.activity == Activity::WaitForSipi) return kMailSipi | kMailInit | kMailExit | kMailWake;
  u32 mask = ~u32{0};
  if (!(ctx_.arch.rflags & kFlagIf)) mask &= ~u32{kMailInterrupt};
  if (ctx_.arch.nmiBlocked) mask &= ~u32{kMailNmi};
  return mask;
}

void TcgVcpu::loop() {
  // raise() comes back here; everything that matters lives in members, nothing in locals.
  if (_setjmp(ctx_.faultReturn)) handleFault();
  executeBlocks();
}

// What may differ from one block to the next and wants a look between instructions.
bool TcgVcpu::mustSingleStep() const {
  return (ctx_.arch.rflags & (kFlagTf | kFlagRf)) || ctx_.arch.interruptShadow != InterruptShadow::None ||
         ctx_.watchCode || ctx_.watchData;
}

bool TcgVcpu::needsBoundary() const {
  return ctx_.leave || env_.mailbox.peek() || (interruptPending_ && (ctx_.arch.rflags & kFlagIf)) ||
         (nmiPending_ && !ctx_.arch.nmiBlocked);
}

[[gnu::noinline]] void TcgVcpu::executeBlocks() {
  for (;;) {
    if (needsBoundary() && !boundary()) return;
    if (ctx_.retired >= limit_) {
      ctx_.exitReason = ExitReason::Budget;
      return;
    }
    if (mustSingleStep()) [[unlikely]] {
      runSingle();
      continue;
    }
    const Block* block = findBlock();
    const u64 left = limit_ - ctx_.retired;
    runBlock(*block, block->count <= left ? block->count : static_cast<unsigned>(left));
  }
}

inline void TcgVcpu::runBlock(const Block& block, unsigned count) {
  const BlockInsn* i = block.insns;
  const BlockInsn* const end = i + count;
  first_ = i;
  u64 rip = ctx_.arch.rip;
  do {
    rip += i->length;
    ctx_.nextRip = rip;
    ctx_.insn = i;
    i->fn(ctx_, *i);
    ++i;
  } while (i != end && !ctx_.leave);
  ctx_.arch.rip = ctx_.nextRip & ctx_.ripMask;
  ctx_.retired += static_cast<u64>(i - block.insns);
}

void TcgVcpu::runSingle() {
  const bool stepTrap = ctx_.arch.rflags & kFlagTf;
  const InterruptShadow shadow = ctx_.arch.interruptShadow;
  const Block* block = findBlock();
  if (ctx_.watchCode && !(ctx_.arch.rflags & kFlagRf)) checkInstructionBreakpoints();
  ctx_.arch.rflags &= ~u64{kFlagRf};
  const BlockInsn insn = block->insns[0];  // the block may go while it runs
  runBlock(*block, 1);
  afterInstruction(insn, stepTrap, shadow);
}

inline Block* TcgVcpu::findBlock() {
  const u64 base = ctx_.codeMode == isa::CodeMode::Bits64 ? 0 : ctx_.arch.segment[kSegCs].base;
  LinearAddr linear(ctx_.arch.rip + base);
  const u64 key = ctx_.tlb.generation() << 8 | ctx_.modeKey;
  if (ctx_.codeMode != isa::CodeMode::Bits64) linear.value &= 0xffffffff;
  const JumpEntry& e = jump_[(linear.value ^ linear.value >> 12) & (kJumpEntries - 1)];
  if (e.linear == linear.value && e.key == key && isCurrent(*e.block, *ctx_.ram)) [[likely]] {
    if (ctx_.codeMode == isa::CodeMode::Bits64) return e.block;
    const u64 last = ctx_.arch.rip + e.block->bytes - 1;
    if (last <= ctx_.arch.segment[kSegCs].limit && last <= ctx_.ripMask) [[likely]]
      return e.block;
  }
  return lookup(linear, key);
}

Block* TcgVcpu::lookup(LinearAddr linear, u64 key) {
  // While the code is fetched, faults are the next instruction's.
  ctx_.nextRip = ctx_.arch.rip;
  ctx_.insn = &fetching_;
  first_ = nullptr;
  Block* block = builder_.get(linear);
  if (cache_.epoch() != epoch_) {
    std::fill_n(jump_.get(), kJumpEntries, JumpEntry{});
    epoch_ = cache_.epoch();
  }
  if (block->version)
    jump_[(linear.value ^ linear.value >> 12) & (kJumpEntries - 1)] = {linear.value, key, block};
  return block;
}

}  // namespace duet::tcg
