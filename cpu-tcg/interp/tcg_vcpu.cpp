#include "cpu-tcg/interp/tcg_vcpu.h"

#include <algorithm>
#include <string_view>

#include "cpu-tcg/helpers/helpers.h"
#include "cpu-tcg/helpers/paravirtual.h"
#include "cpu-tcg/helpers/smm.h"
#include "cpu-tcg/interp/trace.h"
#include "cpu-tcg/native/x87.h"
#include "cpu-tcg/runtime/mode.h"

namespace duet::tcg {
namespace {

// A pending #DB that is the data breakpoints hit by MOV SS itself: the trap comes after the next instruction.
bool heldBack(const CpuState& s) {
  constexpr u64 kDataBreakpoints = 0xf;
  return s.interruptShadow == InterruptShadow::MovSs && s.pending.type == EventType::Exception &&
         s.pending.vector == kExcDB && s.pending.payload && !(s.pending.payload & ~kDataBreakpoints);
}

}  // namespace

TcgVcpu::TcgVcpu(const VcpuEnv& env, mmu::Ram& ram, StubCache& stubs, TscAgreement& tscs,
                 interp::HandlerChoice handlerOf)
    : env_(env),
      ctx_(memory_.context()),
      builder_((ctx_.env = &env_, ctx_.ram = &ram, ctx_.tscs = &tscs, ctx_), cache_, stubs, handlerOf),
      jump_(new JumpEntry[kJumpEntries]),
      observed_(traced()) {
  ctx_.runner = &ram.runners().add();
  const auto loaded = importState(ctx_, resetState(env.index == 0));
  (void)loaded;
  updateMode(ctx_);
}

TcgVcpu::~TcgVcpu() { ctx_.ram->runners().remove(*ctx_.runner); }

Result<> TcgVcpu::useTier(const TierFactory& make, std::shared_ptr<TierShared>& shared) {
  auto tier = make({ctx_, memory_.tier(), cache_, builder_, shared});
  if (!tier) return tl::unexpected(tier.error());
  tier_ = std::move(*tier);
  return {};
}

VcpuExit TcgVcpu::run(const RunBudget& budget) {
  limit_ = budget.steps;
  deliveries_ = 0;
  ctx_.retired = 0;
  ctx_.leave = kLeaveEvents;
  ctx_.exitReason = ExitReason::Budget;
  ctx_.debugStop = {};
  delivering_ = {};
  if (ctx_.pausesTold != env_.clock.pauses()) tellOfPause(ctx_);
  ctx_.ram->runners().begin(*ctx_.runner);
  loop();
  ctx_.ram->runners().end(*ctx_.runner);
  x87Release(ctx_.native);
  ctx_.arch.instructions += ctx_.retired;
  if (Counters* c = ctx_.counters) {
    c->instructions += ctx_.retired;
    c->tlbFlushes = ctx_.tlb.counters().flushes;
    c->tlbPageFlushes = ctx_.tlb.counters().pageFlushes;
  }
  return VcpuExit{ctx_.exitReason, ctx_.retired, steps(), wakeMask(), {}, ctx_.debugStop};
}

VcpuExit TcgVcpu::step(StepEvents events) {
  single_ = true;
  holdEvents_ = events == StepEvents::HoldBack;
  VcpuExit exit = run({1});
  single_ = holdEvents_ = false;
  return exit;
}

void TcgVcpu::requestExit() { env_.mailbox.post(kMailExit); }

void TcgVcpu::saveState(CpuState& out) {
  latch_.collect(env_.mailbox, ctx_.arch.nmiBlocked);
  if (latch_.initComesFirst(ctx_.arch.inSmm)) takeInit();
  takeSipi();
  exportState(ctx_, out);
  out.portBefore = portInstructionBefore(ctx_);
  latch_.save(out);
  // Whether an interrupt waits is the controller's to say: the next engine asks it.
  if (ctx_.interruptPending) env_.mailbox.post(kMailInterrupt);
  // What the shadow of MOV SS holds back too: importers know it by the shadow.
  if (const u64 bits = trapBits_ | ctx_.debugHits; bits && out.pending.type == EventType::None)
    out.pending = {EventType::Exception, kExcDB, false, 0, bits};
}

Result<> TcgVcpu::loadState(const CpuState& in) {
  if (auto loaded = importState(ctx_, in); !loaded) return loaded;
  ctx_.tlb.flushAll();
  updateMode(ctx_);
  trapBits_ = ctx_.debugHits = 0;
  if (heldBack(in)) {
    ctx_.debugHits = in.pending.payload;
    ctx_.arch.pending = {};
  }
  ctx_.lastPort = {};
  if (const PortInstruction& io = in.portBefore; io.size)
    ctx_.lastPort = {ctx_.insn = &loaded_, io.port, io.size, io.in, io.rip, in.rip};
  latch_.load(in);
  ctx_.interruptPending = true;
  enterParavirtual(ctx_);
  return {};
}

// The mail that can end a wait in the present state.
u32 TcgVcpu::wakeMask() const {
  if (ctx_.arch.activity == Activity::WaitForSipi) return kMailSipi | kMailInit | kMailExit | kMailWake;
  u32 mask = ~u32{0};
  if (ctx_.arch.inSmm) mask &= ~u32{kMailSmi | kMailInit};
  if (!(ctx_.arch.rflags & kFlagIf)) mask &= ~u32{kMailInterrupt};
  if (ctx_.arch.nmiBlocked) mask &= ~u32{kMailNmi};
  return mask;
}

void TcgVcpu::loop() {
  // raise() comes back here; everything that matters lives in members, nothing in locals.
  if (_setjmp(ctx_.faultReturn)) handleFault();
  if (tier_) {
    executeBlocks<true>();
  } else {
    executeBlocks<false>();
  }
}

// What may differ from one block to the next and wants a look between instructions.
inline bool TcgVcpu::mustSingleStep() const {
  return (ctx_.arch.rflags & (kFlagTf | kFlagRf)) || ctx_.arch.interruptShadow != InterruptShadow::None ||
         ctx_.watchCode || ctx_.watchData;
}

// Nothing but the shadow of STI, with no event that it holds back: compiled code knows it, and leaves with it when mail comes.
inline bool TcgVcpu::onlyBehindSti() const {
  return ctx_.arch.interruptShadow == InterruptShadow::Sti && !(ctx_.arch.rflags & (kFlagTf | kFlagRf)) &&
         !ctx_.watchCode && !ctx_.watchData && !ctx_.interruptPending && !latch_.nmi;
}

// The same without a debugger's breakpoints, which cut blocks short but need no look at each instruction.
inline bool TcgVcpu::mustRunAlone() const {
  return (ctx_.arch.rflags & (kFlagTf | kFlagRf)) || ctx_.arch.interruptShadow != InterruptShadow::None ||
         (ctx_.watchCode & kWatchGuest) || ctx_.watchData;
}

inline bool TcgVcpu::needsBoundary() const {
  return ctx_.leave || env_.mailbox.peek() || (ctx_.interruptPending && (ctx_.arch.rflags & kFlagIf)) ||
         (latch_.nmi && !ctx_.arch.nmiBlocked) || ((latch_.smi || latch_.init) && !ctx_.arch.inSmm);
}

template <bool Tiered>
[[gnu::noinline]] void TcgVcpu::executeBlocks() {
  Block* previous = nullptr;
  u64 start = 0;  // where it was entered
  for (;;) {
    ctx_.ram->runners().look(*ctx_.runner);
    if (needsBoundary()) [[unlikely]] {
      if (!boundary()) return;
      previous = nullptr;
      // One event was delivered: what else waits interrupts the handler before its first instruction.
      if (ctx_.leave) continue;
    }
    if (steps() >= limit_) {
      ctx_.exitReason = ExitReason::Budget;
      return;
    }
    const bool single = mustSingleStep();
    if (single && !(Tiered && onlyBehindSti())) [[unlikely]] {
      if (!runWatched()) return;
      previous = nullptr;
      continue;
    }
    Block* block = nextBlock(previous, start);
    start = ctx_.arch.rip;
    const u64 left = limit_ - steps();
    if constexpr (Tiered) {
      if (block->version && tier_->run(*block, left)) {
        previous = nullptr;
        continue;
      }
      if (single) [[unlikely]] {
        if (!runWatched()) return;
        previous = nullptr;
        continue;
      }
    }
    block = withInsns(block);
    runBlock(*block, block->count <= left ? block->count : static_cast<unsigned>(left));
    previous = block->version ? block : nullptr;
  }
}

[[gnu::noinline, gnu::cold]] void TcgVcpu::noteRun(const Block& block, unsigned count) {
  if (Counters* c = ctx_.counters) {
    ++c->blocksInterpreted;
    c->instructionsInterpreted += count;
  }
  traceRun(ctx_, block, count, false);
}

inline void TcgVcpu::runBlock(const Block& block, unsigned count) {
  if (observed_) [[unlikely]]
    noteRun(block, count);
  const BlockInsn* i = block.insns;
  const BlockInsn* const end = i + count;
  ctx_.running = &block;
  u64 rip = ctx_.arch.rip;
  for (;;) {
    rip += i->length;
    ctx_.nextRip = rip;
    ctx_.insn = i;
    i->fn(ctx_, *i);
    if (++i == end) break;
    if (ctx_.leave) [[unlikely]] {
      count = static_cast<unsigned>(i - block.insns);
      break;
    }
  }
  ctx_.arch.rip = ctx_.nextRip & ctx_.ripMask;
  ctx_.retired += count;
}

// Whether a repetition that began at `start` has iterations left, or a gather elements. (A jump to itself may have the
// prefix too.)
bool TcgVcpu::goesOn(const BlockInsn& insn, u64 start) const {
  if (!insn.row || ctx_.arch.rip != start) return false;
  if (insn.row->attrs & (isa::kAttrVsibX | isa::kAttrVsibY)) return true;
  const bool string = insn.row->attrs & (isa::kAttrRep | isa::kAttrRepe);
  return string && (insn.has(isa::kPrefixRep) || insn.has(isa::kPrefixRepne));
}

// Whether a branch was taken: for DEBUGCTL (SDM vol. 3 18.4.3). A repetition that goes on is none; a jump to the next
// instruction is one. (Of conditional jumps there it cannot be told.)
bool TcgVcpu::branched(const BlockInsn& insn, u64 start) const {
  const u64 rip = ctx_.arch.rip;
  const std::string_view sem = insn.row ? insn.row->semName : "";
  if (sem == "Jmp" || sem == "Call" || sem == "Ret") return true;
  return !goesOn(insn, start) && rip != ((start + insn.length) & ctx_.ripMask);
}

void TcgVcpu::runSingle() {
  bool stepTrap = ctx_.arch.rflags & kFlagTf;
  const u64 start = ctx_.arch.rip;
  const InterruptShadow shadow = ctx_.arch.interruptShadow;
  // After MOV SS Intel's processors drop instruction breakpoints, AMD's do not.
  const bool dropped = shadow == InterruptShadow::MovSs && env_.model.vendor() == CpuVendor::Intel;
  if ((ctx_.watchCode & kWatchGuest) && !dropped && !(ctx_.arch.rflags & kFlagRf))
    checkInstructionBreakpoints(codeAddress());
  const Block* block = withInsns(findBlock());
  const u64 resume = ctx_.arch.rflags & kFlagRf;
  ctx_.arch.rflags &= ~resume;
  runBlock(*block, 1);
  const BlockInsn& insn = block->insns[0];
  // Between two iterations Intel's processors set RF, AMD's leave it.
  if (ctx_.amd && goesOn(insn, start)) ctx_.arch.rflags |= resume;
  if (ctx_.arch.msr.debugCtl && branched(insn, start)) {
    recordBranch(start, false);
  } else if (ctx_.arch.msr.debugCtl & kDebugCtlBtf) {
    stepTrap = false;
  }
  afterInstruction(insn, stepTrap, shadow);
}

// One instruction, or a block as far as the next breakpoint of a debugger; false when there is one right here.
bool TcgVcpu::runWatched() {
  const LinearAddr here = codeAddress();
  if ((ctx_.watchCode & kWatchDebugger) && stopsAt(here)) return false;
  if (mustRunAlone()) {
    runSingle();
  } else {
    const Block* block = withInsns(findBlock());
    const u64 left = limit_ - steps();
    runBlock(*block, static_cast<unsigned>(std::min<u64>(left, countToBreakpoint(*block, here))));
  }
  if (codeAddress() == here) noteRepetition(here);
  return true;
}

inline LinearAddr TcgVcpu::codeAddress() const {
  if (ctx_.codeMode == isa::CodeMode::Bits64) return LinearAddr(ctx_.arch.rip);
  return LinearAddr((ctx_.arch.rip + ctx_.arch.segment[kSegCs].base) & 0xffffffff);
}

// A cached block may still be out of date, or reach over the limit of the CS it is entered by.
inline bool TcgVcpu::usable(const Block& block) const {
  if (!isCurrent(block, *ctx_.ram)) return false;
  if (ctx_.codeMode == isa::CodeMode::Bits64) return true;
  const u64 last = ctx_.arch.rip + block.bytes - 1;
  return last <= ctx_.arch.segment[kSegCs].limit && last <= ctx_.ripMask;
}

inline Block* TcgVcpu::nextBlock(Block* previous, u64 start) {
  if (!previous) return findBlock();
  const u64 rip = ctx_.arch.rip, key = mapKey();
  const bool elsewhere = rip != start + previous->bytes;
  const Block::Link& link = previous->link(elsewhere);
  if (link.rip == rip && link.key == key && usable(*link.to)) [[likely]]
    return link.to;
  const u64 epoch = cache_.epoch();
  Block* block = findBlock();
  // The lookup may have emptied the cache, `previous` with it, or have taken its memory or that of its instructions.
  if (block->version && cache_.epoch() == epoch && cache_.holds(*previous))
    previous->link(elsewhere) = {mapKey(), rip, block};
  return block;
}

Block* TcgVcpu::findBlock() {
  const LinearAddr linear = codeAddress();
  JumpEntry& e = jumpEntry(linear);
  if (e.linear == linear.value && e.block && (e.key == mapKey() || stillMapped(e)) && usable(*e.block))
      [[likely]] {
    e.key = mapKey();
    return e.block;
  }
  return lookup(linear);
}

inline Block* TcgVcpu::withInsns(Block* block) {
  if (cache_.holds(*block)) [[likely]]
    return block;
  return lookup(codeAddress());
}

// Under another TLB generation, the same linear page may be another one.
bool TcgVcpu::stillMapped(const JumpEntry& e) const {
  if ((e.key & 0xff) != ctx_.modeKey) return false;
  const auto maps = [&](LinearAddr linear, u64 ramPage) {
    const mmu::ExecTlbEntry* page = ctx_.tlb.findExec(ctx_.cpl == 3, linear);
    return page && page->host && ctx_.ram->pageIndex(page->host) == ramPage;
  };
  const LinearAddr first(e.linear);
  return maps(first, e.block->position >> 12) &&
         (!e.block->crosses || maps(pageBehind(ctx_.codeMode, first), e.block->page2));
}

void TcgVcpu::forgetDroppedBlocks() {
  if (cache_.epoch() == epoch_) return;
  if (ctx_.counters && epoch_) ++ctx_.counters->blockCacheEmptied;
  std::fill_n(jump_.get(), kJumpEntries, JumpEntry{});
  if (tier_) tier_->blocksDropped();
  epoch_ = cache_.epoch();
}

Block* TcgVcpu::lookup(LinearAddr linear) {
  // While the code is fetched, faults are the next instruction's.
  ctx_.nextRip = ctx_.arch.rip;
  ctx_.insn = &fetching_;
  ctx_.running = nullptr;
  Block* block = builder_.get(linear);
  forgetDroppedBlocks();
  if (block->version) jumpEntry(linear) = {linear.value, mapKey(), block};
  return block;
}

}  // namespace duet::tcg
