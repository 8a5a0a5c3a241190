#include "cpu-tcg/baseline/translator.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/base/assert.h"
#include "cpu-tcg/interp/trace.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::baseline {

namespace {

// For JumpTable: offsets in different segments are different addresses.
u64 jumpKey(u64 rip, u32 variant, const mmu::ExecTlbEntry& page) {
  return rip + (u64{variant >> kSegmentShift} << 32) + page.shortName;
}

// Counts the time and the bytes of code that is made meanwhile.
class MadeCounter {
 public:
  MadeCounter(Counters* counters, const CodeMemory& memory)
      : counters_(counters),
        memory_(memory),
        clock_(counters),
        used_(memory.used()),
        cold_(memory.usedCold()) {}
  ~MadeCounter() {
    if (!counters_) [[likely]]
      return;
    counters_->compileTicks += clock_.passed();
    counters_->codeBytes += memory_.used() - used_;
    counters_->coldBytes += memory_.usedCold() - cold_;
  }

 private:
  Counters* const counters_;
  const CodeMemory& memory_;
  const CounterClock clock_;
  const u32 used_, cold_;
};

// Code that other processors have made is seen whole behind it (SDM vol. 3 9.1.3, 9.3; APM vol. 2 7.6.4).
void serialize() {
  u32 leaf = 0, b, c = 0, d;
  asm volatile("cpuid" : "+a"(leaf), "=b"(b), "+c"(c), "=d"(d)::"memory");
}

}  // namespace

Translator::Translator(const TierPlace& place, std::shared_ptr<CodeStore> store, u32 threshold)
    : ctx_(place.ctx),
      blocks_(place.blocks),
      builder_(place.builder),
      frame_(new(place.memory.data() + place.memory.size() - sizeof(Frame)) Frame{}),
      store_(std::move(store)),
      threshold_(threshold),
      hot_(store_->hot()) {
  Context& ctx = ctx_;
  frame_->ctx = &ctx;
  frame_->mail = &ctx.env->mailbox.word();
  const u64 arenaPage = reinterpret_cast<u64>(ctx.ram->arena()) >> 12;
  frame_->states = reinterpret_cast<u64>(ctx.ram->states()) + sizeof(u32) - arenaPage * sizeof(u64);
  frame_->codeMasks = reinterpret_cast<u64>(ctx.ram->codeMasks()) - arenaPage * sizeof(u64);
  frame_->arenaPage = arenaPage;
  frame_->translator = this;
  forgetCpuid(*frame_);
}

Result<std::unique_ptr<Translator>> Translator::create(const TierPlace& place,
                                                       const TranslatorOptions& options) {
  if (!place.shared) {
    const auto* frame = place.memory.data() + place.memory.size() - sizeof(Frame);
    auto store = CodeStore::create(options, place.ctx, {frame, &place.ctx});
    if (!store) return tl::unexpected(store.error());
    place.shared = std::move(*store);
  }
  std::unique_ptr<Translator> made(
      new Translator(place, std::static_pointer_cast<CodeStore>(place.shared), options.threshold));
  return made;
}

// Nothing of the memory before is used any more. Between two pieces of code: what this vCPU looked at last (CodeRunners) is later
// than what it saw of the epoch before.
void Translator::comeOver() {
  {
    const std::lock_guard lock(store_->mutex());
    memory_ = &store_->memory();
    epoch_ = memory_->epoch;
  }
  frame_->code = memory_->begin();
  enter_ = reinterpret_cast<Enter>(reinterpret_cast<u64>(memory_->begin()) + memory_->thunks().enter);
  own_.clear();
  segments_.clear();
  ctx_.tlb.forgetNames();
  clearJumps();
  namesOf_ = 0;
  frame_->link = nullptr;
  if (hot_) {
    runs_ = std::make_unique<ZeroMemory>(kMostRegions * sizeof(RegionRuns));
    frame_->region.runs = reinterpret_cast<RegionRuns*>(runs_->data());
  }
  serialize();
}

bool Translator::mayRunNow(const Block& block, u64 left) const {
  if (block.count > left || !mayRun(ctx_) || ctx_.env->mailbox.peek()) return false;
  // Behind the last byte of 64 KiB comes the first.
  return ctx_.codeMode != isa::CodeMode::Bits16 || ctx_.arch.rip + block.bytes <= ctx_.ripMask;
}

// Others may have compiled what is new to this vCPU. It looks when a block comes a second time (most of the new ones never do), and
// before it asks for code itself.
inline bool Translator::mayHaveCode(const Block& block) const {
  return block.compiledEpoch == epoch_ || block.runs == 1 || block.runs + 1u >= threshold_;
}

bool Translator::run(Block& block, u64 left) {
  if (!mayRunNow(block, left)) return false;
  if (!mayHaveCode(block)) {
    ++block.runs;
    return false;
  }
  if (store_->epoch() != epoch_) [[unlikely]]
    comeOver();
  const std::optional<u32> segment = segmentNumber();
  if (!segment) [[unlikely]]
    return false;
  const u32 base = modeKey(ctx_) | *segment << kSegmentShift | (left < 2 * kSlack ? kExact : 0);
  // Naming the first page may take the second one's name.
  const mmu::ExecTlbEntry* second = block.crosses ? namedSecond(block) : nullptr;
  const mmu::ExecTlbEntry* page = namedPage(linear(), block.position >> 12);
  if (block.crosses && (!second || !second->name)) return false;
  const bool plain = frame_->link && frame_->link->plain && frame_->link->rip == ctx_.arch.rip;
  const u32 variant = base | (plain ? kPlain : 0);
  Translation* found = find(block, ctx_.arch.rip, variant);
  if (!found) {
    if (++block.runs < threshold_) return false;
    found = translate(block, variant);
    if (!found) return false;
  }
  if (found->far.load(std::memory_order_acquire) == Entries::kNone && !addWaysIn(*found)) return false;
  const bool sampled = hot_ && sliceLeft() == 0;
  if (hot_ && !plain && (sampled || !found->ran.load(std::memory_order_relaxed))) tellHot(*found);
  if (sampled) sampledAt_ = ctx_.retired;
  if (second) memory_->setSecond(*found, second->name);
  connect(block, page, *found);
  enter(found->code + found->far.load(std::memory_order_relaxed), left);
  return true;
}

// What it is not told of now it hears of another time: nobody waits for the lock.
void Translator::tellHot(Translation& translation) {
  std::unique_lock lock(store_->mutex(), std::defer_lock);
  if (hot_->mustHear()) {
    lock.lock();
  } else if (!lock.try_lock()) {
    return;
  }
  const bool ran = translation.ran.exchange(true, std::memory_order_relaxed);
  if (store_->epoch() == epoch_) hot_->seen(*this, translation, ran);
}

u64 Translator::linear() const {
  if (ctx_.codeMode == isa::CodeMode::Bits64) return ctx_.arch.rip;
  return (ctx_.arch.rip + ctx_.arch.segment[isa::kCs].base) & 0xffffffff;
}

mmu::ExecTlbEntry* Translator::codePage() { return ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear())); }

void Translator::renew() {
  const std::lock_guard lock(store_->mutex());
  if (store_->epoch() == epoch_) store_->renew(*this);
}

// Nothing: there is no number left.
std::optional<u32> Translator::segmentNumber() {
  const CodeSegment here = codeSegment(ctx_);
  if (here == CodeSegment{}) return 0;
  if (const auto known = segments_.find(here.number()); known != segments_.end()) return known->second;
  u32 number = 0;
  {
    const std::lock_guard lock(store_->mutex());
    if (store_->epoch() != epoch_) return {};
    number = memory_->segmentNumber(here);
    if (!number) store_->renew(*this);
  }
  if (!number) return {};
  return segments_[here.number()] = number;
}

const mmu::ExecTlbEntry* Translator::namedSecond(const Block& block) {
  return namedPage(pageBehind(ctx_.codeMode, LinearAddr(linear())).value, block.page2);
}

// The page with its name; null when the TLB has another one there than that of RAM, or there is no name left.
const mmu::ExecTlbEntry* Translator::namedPage(u64 linear, u64 ramPage) {
  mmu::ExecTlbEntry* page = ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear));
  if (!mapsTo(page, ramPage)) return nullptr;
  const bool bailed = frame_->link && !frame_->link->site;  // perhaps by old code
  if (!page->name || bailed) name(*page, true);
  return page->name ? page : nullptr;
}

bool Translator::mapsTo(const mmu::ExecTlbEntry* page, u64 ramPage) const {
  return page && page->host && ctx_.ram->pageIndex(page->host) == ramPage;
}

// Names of different times may be alike in their short form: all that this vCPU remembers are of one.
bool Translator::name(mmu::ExecTlbEntry& page, bool mayForget) {
  const u64 ramPage = ctx_.ram->pageIndex(page.host);
  const auto [name, time] = memory_->nameOf(page.tag, ramPage, ctx_.ram->codeVersion(ramPage), mayForget);
  if (!name) {
    if (mayForget) renew();
    return false;
  }
  if (time != namesOf_) {
    if (!mayForget) return false;
    ctx_.tlb.forgetNames();
    clearJumps();
    namesOf_ = time;
  }
  page.name = name;
  page.shortName = name & PageNames::kShortMask;
  return true;
}

u32 Translator::nameOf(u64 linear, u64 ramPage) {
  mmu::ExecTlbEntry* page = ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear));
  if (!mapsTo(page, ramPage)) return 0;
  return page->name || name(*page, false) ? page->name : 0;
}

void Translator::clearJumps() {
  for (const auto& table : jumps_)
    if (table) table->clear();
}

// What runs from now on is of this variant; by STAC and CLAC, of the other mode, once that has run.
void Translator::select(u32 variant) {
  auto& table = tableOf(variant);
  if (!table) table = std::make_unique<JumpTable>();
  frame_->jumpTable = table.get();
  frame_->otherTable = variant & kUser ? nullptr : tableOf(variant ^ kBankAc).get();
  frame_->otherAway = frame_->otherTable ? 0 : Frame::kAway;
  frame_->key = variant & (kModeKeys - 1);
  variant_ = variant;
}

const void* Translator::codeHere() {
  const mmu::ExecTlbEntry* page = codePage();
  u32 variant = modeKey(ctx_) | (variant_ & kExact);
  if (!page || !tableOf(variant)) return nullptr;
  if (const CodeSegment here = codeSegment(ctx_); here != CodeSegment{}) {
    const auto known = segments_.find(here.number());
    if (known == segments_.end()) return nullptr;
    variant |= known->second << kSegmentShift;
  }
  const void* code = tableOf(variant)->find(ctx_.arch.rip, jumpKey(ctx_.arch.rip, variant, *page));
  if (code) select(variant);
  return code;
}

// From now on compiled code finds the way here by itself: whoever looks the address up, and the block that ran last, if it is
// of the same variant.
void Translator::connect(const Block& block, const mmu::ExecTlbEntry* page, const Translation& to) {
  const Link* link = frame_->link;
  frame_->link = nullptr;
  const bool plain = to.variant & kPlain;
  const u32 variant = to.variant & ~kPlain;
  const bool sameVariant = variant == runningVariant();
  select(variant);
  if (store_->separate()) [[unlikely]]
    return traceRun(ctx_, block, block.count, true);
  const u8* far = to.code + to.far.load(std::memory_order_relaxed);
  if (page && !plain) frame_->jumpTable->put(to.rip, jumpKey(to.rip, variant, *page), far);
  if (!link || !link->site || link->rip != to.rip || !sameVariant || link->plain != plain) return;
  if (link->behindName) return page ? connectPages(*link, *page, variant, far) : void();
  if (link->page != block.position >> 12) return;
  memory_->setJump(link->site,
                   to.code + (link->forward ? to.forward : to.back.load(std::memory_order_relaxed)));
}

void Translator::connectPages(const Link& link, const mmu::ExecTlbEntry& page, u32 variant, const u8* far) {
  if (memory_->setJump(link, page.name, far)) return;
  const std::unique_lock lock(store_->mutex(), std::try_to_lock);
  if (lock && store_->epoch() == epoch_) store_->detour(*this, link, variant);
}

// --- blocks

void Translator::know(Block& block, CodeBlock& known) {
  block.compiledEpoch = epoch_;
  block.compiled = &known;
  if (known.number >= own_.size()) own_.resize(std::max<size_t>(known.number + 1, 2 * own_.size()));
  own_[known.number] = &block;
}

CodeBlock* Translator::knownOf(Block& block) {
  if (block.compiledEpoch == epoch_) [[likely]]
    return static_cast<CodeBlock*>(block.compiled);
  CodeBlock* known = builder_.ready(block) ? memory_->find(block) : nullptr;
  if (known) know(block, *known);
  return known;
}

Block* Translator::decodeOwn(const CodeBlock& block) {
  if (block.decodeKey != (ctx_.modeKey & kDecodeKeyMask)) return nullptr;
  Block* own = builder_.again(block.asBlock());
  if (!own || !builder_.ready(*own) || contentOf(*own) != block.content) return nullptr;
  know(*own, const_cast<CodeBlock&>(block));
  return own;
}

Translation* Translator::find(Block& block, u64 rip, u32 variant) {
  const CodeBlock* known = knownOf(block);
  return known ? CodeMemory::find(*known, rip, variant) : nullptr;
}

// Null when the code memory is used up, or the code has been written to.
Translation* Translator::translate(Block& block, u32 variant) {
  if (!builder_.ready(block)) return nullptr;
  const std::lock_guard lock(store_->mutex());
  if (store_->epoch() != epoch_) return nullptr;
  // Meanwhile another vCPU may have done it.
  if (Translation* made = find(block, ctx_.arch.rip, variant)) return made;
  store_->reclaim(*this);
  {
    const MadeCounter counter(ctx_.counters, *memory_);
    unitFrom(block, variant);
    if (!emit(unit_)) return store_->renew(*this), nullptr;
  }
  return find(block, unit_.front().rip, variant);
}

// It may also be that there is no room for its decoded instructions: then it is interpreted for now.
bool Translator::addWaysIn(Translation& translation) {
  const std::lock_guard lock(store_->mutex());
  if (store_->epoch() != epoch_) return false;
  const MadeCounter counter(ctx_.counters, *memory_);
  return store_->addWaysIn(*this, translation);
}

bool Translator::emit(std::span<BlockPlace> unit) {
  if (!store_->emit(*this, unit)) return false;
  for (const BlockPlace& p : unit) know(*p.block, *p.known);
  translated_ += unit.size();
  if (Counters* c = ctx_.counters) [[unlikely]] {
    c->blocksCompiled += unit.size();
    for (const BlockPlace& p : unit) c->instructionsCompiled += p.block->count;
  }
  return true;
}

// The block, and those that control falls into from it, or jumps to without condition, if they have run before.
void Translator::unitFrom(Block& block, u32 variant) {
  const BlockPlace first{&block,
                         variant & (kModeKeys - 1),
                         ctx_.arch.rip,
                         ctx_.ripMask,
                         (variant & kExact) != 0,
                         (variant & kPlain) != 0,
                         codeSegment(ctx_),
                         variant >> kSegmentShift};
  std::vector<BlockPlace>& unit = unit_;
  unit.assign(1, first);
  const u64 last = std::min<u64>(unit.front().segment.limit, ctx_.ripMask - 1);
  while (unit.size() < UnitEmitter::kMostBlocks && !unit.front().plain && !store_->separate()) {
    Block* next = following(unit.back());
    if (!next) break;
    const u64 rip = unit.front().rip + (next->position - block.position);
    if (next->insns[0].mode != isa::CodeMode::Bits64 && rip + next->bytes - 1 > last) break;
    const bool known =
        std::any_of(unit.begin(), unit.end(), [&](const BlockPlace& p) { return p.block == next; });
    if (known || find(*next, rip, variant)) break;
    unit.push_back(first);
    unit.back().block = next;
    unit.back().rip = rip;
  }
}

// Of the same page and with its instructions there, or null.
Block* Translator::following(const BlockPlace& place) const {
  const BlockInsn& last = place.block->insns[place.block->count - 1];
  u64 position = place.block->position + place.block->bytes;
  if (!last.row) return nullptr;
  if (last.row->has(isa::kAttrEnd)) {
    const std::string_view sem = last.row->semName;
    if (sem == "Jmp" && last.op[0].kind == isa::OperandKind::Relative) {
      position += last.imm;
    } else if (sem != "Jcc") {
      return nullptr;
    }
  }
  if ((position ^ place.block->position) >> 12) return nullptr;
  Block* next = blocks_.find(position, place.block->decodeKey, *ctx_.ram);
  return next && blocks_.holds(*next) ? next : nullptr;
}

// A guest fault leaves it by longjmp, with everything in the context.
void Translator::enter(const u8* code, u64 left) {
  // Short enough to come over to other code memory soon; long enough for that to cost nothing. (Frame::remaining has room for 31 bits.)
  constexpr u64 kMost = 1u << 24;
  constexpr u64 kNoShadow = u64{1} << 63;
  Frame& f = *frame_;
  f.retiredBefore = ctx_.retired;
  f.granted = f.remaining = std::min(variant_ & kExact ? left : left - kSlack, hot_ ? sliceLeft() : kMost);
  f.flags = lahfSetoOf(ctx_.flags.arithmetic());
  const bool behindSti =
      std::exchange(ctx_.arch.interruptShadow, InterruptShadow::None) == InterruptShadow::Sti;
  f.shadowed = behindSti ? f.remaining : kNoShadow;
  const VirtualClock& clock = ctx_.env->clock;
  f.tscAway = clock.kind() == VirtualClock::Kind::Host && clock.running() ? 0 : 1;
  f.tscOffset = clock.tscOffset();
  noteSegments(f);
  f.link = nullptr;
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->compiledEntered;
    c->inside = true;
  }
  if (enter_(frame_, code) != 0) return;
  if (ctx_.counters) [[unlikely]]
    countExit();
  recordX87(f);
  ctx_.flags.set(arithmeticFlags(f.flags));
  ctx_.arch.rip = f.link->rip;
  ctx_.retired = f.retiredBefore + f.granted - f.remaining;
  if (f.remaining == f.shadowed) ctx_.arch.interruptShadow = InterruptShadow::Sti;
  if (f.region.wroteSize) [[unlikely]]
    tellOfStore();
}

// Instructions until the next sample, whichever way compiled code is left meanwhile: handlers and faults do not come back to enter().
u64 Translator::sliceLeft() const {
  constexpr u64 kSliceEnd = 400;  // no block asks for more
  const u64 run = ctx_.retired - sampledAt_;
  return run + kSliceEnd > hot_->slice() ? 0 : hot_->slice() - run;
}

// A region was left by a store that needs C++.
void Translator::tellOfStore() {
  RegionFrame& region = frame_->region;
  ctx_.running = nullptr;
  detail::wroteSlow(ctx_, reinterpret_cast<u8*>(region.wroteHost), static_cast<u32>(region.wroteSize));
  region.wroteSize = 0;
}

// Left by a jump. What runs out shortly after is taken for what ran out.
void Translator::countExit() {
  const Frame& f = *frame_;
  ctx_.counters->leave(f.link->site                                       ? Left::NotLinked
                       : ctx_.env->mailbox.peek()                         ? Left::Mail
                       : static_cast<i64>(f.remaining) < Block::kMaxInsns ? Left::Budget
                                                                          : Left::Lookup);
}

TierFactory tierFactory(const TranslatorOptions& options) {
  return [options](const TierPlace& place) -> Result<std::unique_ptr<CompiledTier>> {
    auto made = Translator::create(place, options);
    if (!made) return tl::unexpected(made.error());
    return std::unique_ptr<CompiledTier>(std::move(*made));
  };
}

}  // namespace duet::tcg::baseline
