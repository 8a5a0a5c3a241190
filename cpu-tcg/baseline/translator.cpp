#include "cpu-tcg/baseline/translator.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "core/base/assert.h"
#include "cpu-tcg/interp/trace.h"
#include "cpu-tcg/runtime/memory.h"

namespace duet::tcg::baseline {

namespace {

CpuVendor hostVendor() { return __builtin_cpu_is("amd") ? CpuVendor::Amd : CpuVendor::Intel; }

// What an address adds to a jump entry's sum beside itself: offsets in different segments are different addresses.
u64 segmentTag(u32 variant) { return u64{variant >> kSegmentShift} << 32; }

// An empty entry fits no address and name: short names are less than kMask.
void clearTable(JumpEntry* table) {
  for (u64 i = 0; i < JumpEntry::kSize; ++i) table[i] = {1 - i, nullptr};
}

}  // namespace

Translator::Translator(const TierPlace& place, const TranslatorOptions& options)
    : ctx_(place.ctx),
      blocks_(place.blocks),
      builder_(place.builder),
      frame_(new(place.memory.data() + place.memory.size() - sizeof(Frame)) Frame{}),
      options_(options) {
  Context& ctx = ctx_;
  frame_->ctx = &ctx;
  frame_->mail = &ctx.env->mailbox.word();
  setup_.places = {reinterpret_cast<const u8*>(frame_), &ctx};
  setup_.ram = ctx.ram;
  setup_.rename = options.rename;
  setup_.separate = traced();
  setup_.hostsVendor = ctx.env->model.vendor() == hostVendor();
  const u64 arenaPage = reinterpret_cast<u64>(ctx.ram->arena()) >> 12;
  frame_->states = reinterpret_cast<u64>(ctx.ram->states()) + sizeof(u32) - arenaPage * sizeof(u64);
  frame_->codeMasks = reinterpret_cast<u64>(ctx.ram->codeMasks()) - arenaPage * sizeof(u64);
  frame_->arenaPage = arenaPage;
  frame_->translator = this;
  forgetCpuid(*frame_);
}

Result<std::unique_ptr<Translator>> Translator::create(const TierPlace& place,
                                                       const TranslatorOptions& options) {
  if (!hostFeatures().has(Feature::Bmi2))
    return fail("tier=baseline needs a processor with BMI2, which this host has not; use tier=interp");
  std::unique_ptr<Translator> made(new Translator(place, options));
  DUET_ASSERT(options.codeSize <= kMostCode);
  auto arena = CodeArena::create(options.codeSize, options.codeSize);
  if (!arena) return tl::unexpected(arena.error());
  made->arena_ = std::move(*arena);
  if (auto ok = made->placeThunks(); !ok) return tl::unexpected(ok.error());
  if (options.hot && !made->setup_.separate) {
    auto hot = options.hot(*made);
    if (!hot) return tl::unexpected(hot.error());
    made->hot_ = std::move(*hot);
  }
  return made;
}

Result<> Translator::placeThunks() {
  const std::vector<u8> bytes = emitThunks(setup_.places, setup_.thunks);
  const CodeSlot slot = bytes.empty() ? CodeSlot{} : arena_->allocate(static_cast<u32>(bytes.size()));
  if (!slot) return fail("cannot emit the translator's entry code: no memory");
  std::memcpy(slot.write, bytes.data(), bytes.size());
  setup_.thunksAt = reinterpret_cast<u64>(slot.execute);
  frame_->code = slot.execute;
  return {};
}

// Every translation goes; the thunks are made anew where they were.
void Translator::clear() {
  if (ctx_.counters && translated_) ++ctx_.counters->codeMemoryRecycled;
  if (options_.sink) options_.sink->dropped(ctx_.env->index);
  arena_->clear();
  translations_.clear();
  segments_.clear();
  clearJumps();
  frame_->link = nullptr;
  ++epoch_;
  const auto placed = placeThunks();
  DUET_ASSERT(placed.has_value());
  if (hot_) hot_->dropped();
}

bool Translator::run(Block& block, u64 left) {
  if (block.count > left || !mayRun(ctx_) || ctx_.env->mailbox.peek()) return false;
  // Behind the last byte of 64 KiB comes the first.
  if (ctx_.codeMode == isa::CodeMode::Bits16 && ctx_.arch.rip + block.bytes > ctx_.ripMask) return false;
  const u32 variant = modeKey(ctx_) | segmentNumber() << kSegmentShift | (left < 2 * kSlack ? kExact : 0);
  // Naming the first page may take the second one's name.
  const mmu::ExecTlbEntry* second = block.crosses ? namedSecond(block) : nullptr;
  const mmu::ExecTlbEntry* page = namedPage(linear(), block.position >> 12);
  if (block.crosses && (!second || !second->name)) return false;
  const bool plain = frame_->link && frame_->link->plain && frame_->link->rip == ctx_.arch.rip;
  Translation* found = find(block, ctx_.arch.rip, variant | (plain ? kPlain : 0));
  if (!found) {
    if (++block.runs < options_.threshold) return false;
    found = translate(block, variant | (plain ? kPlain : 0));
    if (!found) return false;
  }
  if (hot_ && !plain && (!found->ran || sliceEnded_)) hot_->seen(block, *found, found->ran);
  found->ran = true;
  sliceEnded_ = false;
  if (second) setSecond(*found, second->name);
  connect(block, page, *found);
  enter(found->code + found->entries.far, left);
  return true;
}

u64 Translator::linear() const {
  if (ctx_.codeMode == isa::CodeMode::Bits64) return ctx_.arch.rip;
  return (ctx_.arch.rip + ctx_.arch.segment[isa::kCs].base) & 0xffffffff;
}

mmu::ExecTlbEntry* Translator::codePage() { return ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear())); }

// May drop all code.
u32 Translator::segmentNumber() {
  constexpr size_t kMost = (1u << (32 - kSegmentShift)) - 1;
  const CodeSegment here = codeSegment(ctx_);
  if (here == CodeSegment{}) return 0;
  if (segments_.size() >= kMost) clear();
  return segments_.try_emplace(here.number(), static_cast<u32>(segments_.size()) + 1).first->second;
}

const mmu::ExecTlbEntry* Translator::namedSecond(const Block& block) {
  return namedPage(pageBehind(ctx_.codeMode, LinearAddr(linear())).value, block.page2);
}

// The page with its name; null when the TLB has another one there than that of RAM. May drop all code.
const mmu::ExecTlbEntry* Translator::namedPage(u64 linear, u64 ramPage) {
  mmu::ExecTlbEntry* page = ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear));
  if (!mapsTo(page, ramPage)) return nullptr;
  const bool bailed = frame_->link && !frame_->link->site;  // perhaps by old code
  if (!page->name || bailed) name(*page);
  if (!page->name) {
    forgetNames();
    name(*page);
  }
  return page;
}

bool Translator::mapsTo(const mmu::ExecTlbEntry* page, u64 ramPage) const {
  return page && page->host && ctx_.ram->pageIndex(page->host) == ramPage;
}

void Translator::name(mmu::ExecTlbEntry& page) {
  const u64 ramPage = ctx_.ram->pageIndex(page.host);
  page.name = names_.of(page.tag, ramPage, ctx_.ram->codeVersion(ramPage));
  page.shortName = page.name & PageNames::kShortMask;
}

u32 Translator::nameOf(u64 linear, u64 ramPage) {
  mmu::ExecTlbEntry* page = ctx_.tlb.findExec(ctx_.cpl == 3, LinearAddr(linear));
  if (!mapsTo(page, ramPage)) return 0;
  if (!page->name) name(*page);
  return page->name;
}

void Translator::forgetNames() {
  if (!names_.forget()) clear();
  ctx_.tlb.forgetNames();
  clearJumps();
}

void Translator::clearJumps() {
  for (const auto& table : jumps_)
    if (table) clearTable(table.get());
}

// What runs from now on is of this variant.
void Translator::select(u32 variant) {
  auto& table = tableOf(variant);
  if (!table) {
    table.reset(new JumpEntry[JumpEntry::kSize]);
    clearTable(table.get());
  }
  frame_->jumpTable = table.get();
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
  const JumpEntry& e = tableOf(variant)[ctx_.arch.rip & JumpEntry::kMask];
  if (ctx_.arch.rip + segmentTag(variant) + page->shortName + e.sum != 0) return nullptr;
  select(variant);
  return e.code;
}

// From now on compiled code finds the way here by itself: whoever looks the address up, and the block that ran last, if it is
// of the same variant.
void Translator::connect(const Block& block, const mmu::ExecTlbEntry* page, const Translation& to) {
  const Link* link = frame_->link;
  frame_->link = nullptr;
  const bool plain = to.variant & kPlain;
  const u32 variant = to.variant & ~kPlain;
  const bool sameVariant = variant == variant_;
  select(variant);
  if (setup_.separate) [[unlikely]]
    return traceRun(ctx_, block, block.count, true);
  const u8* far = to.code + to.entries.far;
  if (page && !plain)
    frame_->jumpTable[to.rip & JumpEntry::kMask] = {u64{0} - to.rip - segmentTag(variant) - page->shortName,
                                                    far};
  if (!link || !link->site || link->rip != to.rip || !sameVariant || link->plain != plain) return;
  if (link->name) {
    if (!page) return;
    setSite(link->site, static_cast<u64>(far - (frame_->code + link->site)));
    return setSite(link->name, u64{0} - page->name);
  }
  if (link->page != block.position >> 12) return;
  const u8* way = to.code + (link->forward ? to.entries.forward : to.entries.back);
  setSite(link->site, static_cast<u64>(way - (frame_->code + link->site)));
}

// The block's second page has this name now.
void Translator::setSecond(Translation& of, u32 name) {
  if (of.second == name) return;
  of.second = name;
  for (const u8* site : of.seconds)
    if (site) setSite(static_cast<u32>(site - frame_->code), u64{0} - name);
}

// Sets the displacement that ends at `site`.
void Translator::setSite(u32 site, u64 value) {
  u8 displacement[4];
  std::memcpy(displacement, &value, sizeof displacement);
  arena_->patch(frame_->code + site - 4, displacement);
}

Translation* Translator::find(const Block& block, u64 rip, u32 variant) const {
  if (block.compiledEpoch != epoch_) return nullptr;
  for (auto* t = static_cast<Translation*>(block.compiled); t; t = t->next)
    if (t->rip == rip && t->variant == variant) return t;
  return nullptr;
}

const BlockInsn* Translator::insnsOf(const Block& block) {
  return builder_.ready(const_cast<Block&>(block)) ? block.insns : nullptr;
}

// Null when the code memory is used up, or the code has been written to.
Translation* Translator::translate(Block& block, u32 variant) {
  if (!builder_.ready(block)) return nullptr;
  const CounterClock clock(ctx_.counters);
  setup_.bank = &ctx_.tlb.entries(ctx_.tlb.bank());
  const std::vector<BlockPlace> unit = unitFrom(block, variant);
  const u8* before = arena_->peek().execute;
  if (!emit(unit)) {
    clear();
    before = arena_->peek().execute;
    if (!emit(unit)) return nullptr;
  }
  if (Counters* c = ctx_.counters) [[unlikely]] {
    c->codeBytes += static_cast<u64>(arena_->peek().execute - before);
    c->compileNs += clock.passed();
  }
  return find(block, unit.front().rip, variant);
}

// The block, and those that control falls into from it, or jumps to without condition, if they have run before.
std::vector<BlockPlace> Translator::unitFrom(Block& block, u32 variant) const {
  std::vector<BlockPlace> unit{{&block, variant & (kModeKeys - 1), ctx_.arch.rip, ctx_.ripMask,
                                (variant & kExact) != 0, (variant & kPlain) != 0, codeSegment(ctx_),
                                variant >> kSegmentShift}};
  const u64 last = std::min<u64>(unit.front().segment.limit, ctx_.ripMask - 1);
  while (unit.size() < UnitEmitter::kMostBlocks && !unit.front().plain && !setup_.separate) {
    Block* next = following(unit.back());
    if (!next) break;
    const u64 rip = unit.front().rip + (next->position - block.position);
    if (next->insns[0].mode != isa::CodeMode::Bits64 && rip + next->bytes - 1 > last) break;
    const bool known =
        std::any_of(unit.begin(), unit.end(), [&](const BlockPlace& p) { return p.block == next; });
    if (known || find(*next, rip, variant)) break;
    unit.push_back(unit.front());
    unit.back().block = next;
    unit.back().rip = rip;
  }
  return unit;
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

void Translator::note(const BlockPlace& place, const u8* code, const Entries& entries) {
  Block& block = *place.block;
  if (block.compiledEpoch != epoch_) block.compiled = nullptr;
  block.compiledEpoch = epoch_;
  const u32 variant = place.key | (place.exact ? kExact : 0) | (place.plain ? kPlain : 0) |
                      place.segmentNumber << kSegmentShift;
  translations_.push_back({place.rip, variant, code, entries, static_cast<Translation*>(block.compiled)});
  block.compiled = &translations_.back();
  if (block.crosses) translations_.back().seconds[0] = code + entries.second;
  ++translated_;
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->blocksCompiled;
    c->instructionsCompiled += block.count;
  }
}

// False when the code memory is used up.
bool Translator::emit(std::span<const BlockPlace> places) {
  const CodeSlot next = arena_->peek();
  const UnitCode& made = emitter_.emit(places, reinterpret_cast<u64>(next.execute));
  const CodeSlot slot = arena_->allocate(static_cast<u32>(made.bytes.size()));
  if (!slot) return false;
  DUET_ASSERT(slot.execute == next.execute);
  std::memcpy(slot.write, made.bytes.data(), made.bytes.size());
  for (size_t i = 0; i < places.size(); ++i) note(places[i], slot.execute, made.entries[i]);
  tell(places, made, slot.execute);
  return true;
}

bool Translator::hasCode(u64 position, u8 decodeKey) const {
  const Block* block = blocks_.find(position, decodeKey, *ctx_.ram);
  return block && block->compiled && block->compiledEpoch == epoch_;
}

const u8* Translator::place(std::span<const u8> code) {
  const CodeSlot slot = arena_->allocate(static_cast<u32>(code.size()));
  if (!slot) return nullptr;
  std::memcpy(slot.write, code.data(), code.size());
  return slot.execute;
}

const u8* Translator::emitAgain(Block& block, Translation& translation) {
  if (!builder_.ready(block)) return nullptr;
  setup_.bank = &ctx_.tlb.entries(bankOf(translation.variant));
  const u32 key = translation.variant & (kModeKeys - 1);
  const BlockPlace alone{&block, key, translation.rip, ~u64{0}, (translation.variant & kExact) != 0, false};
  const UnitCode& made = emitter_.emit({&alone, 1}, nextAddress());
  const u8* at = place(made.bytes);
  if (!at) return nullptr;
  tell({&alone, 1}, made, at);
  if (block.crosses) {
    translation.seconds[1] = at + made.entries[0].second;
    setSecond(translation, PageNames::kNever);  // until control comes by C++
  }
  return at + made.entries[0].far;
}

// Whoever comes to the block's code finds jumps, where it would take the block's instructions from what remains (code that is
// exact: where it would check whether it may).
Translator::Displaced Translator::redirect(const Translation& translation, const u8* to) {
  const Entries& e = translation.entries;
  const auto put = [&](u32 entry) { return putJump(translation.code + redirectAt(entry), to); };
  if (!(translation.variant & kExact)) return {put(e.forward), {}};
  return {put(e.far), put(e.back)};
}

void Translator::restore(const Translation& translation, const Displaced& displaced) {
  const Entries& e = translation.entries;
  const auto put = [&](u32 entry, std::span<const u8> bytes) {
    arena_->patch(translation.code + redirectAt(entry), bytes);
  };
  const bool exact = translation.variant & kExact;
  put(exact ? e.far : e.forward, displaced.first);
  if (exact) put(e.back, displaced.second);
}

Translator::Jump Translator::putJump(const u8* from, const u8* to) {
  Jump displaced, jump{0xe9};
  std::copy_n(from, displaced.size(), displaced.begin());
  const i32 distance = static_cast<i32>(to - from - 5);
  std::memcpy(&jump[1], &distance, 4);
  arena_->patch(from, jump);
  return displaced;
}

void Translator::tell(std::span<const BlockPlace> places, const UnitCode& made, const u8* code) const {
  if (!options_.sink) [[likely]]
    return;
  for (const bool cold : {false, true}) {
    for (size_t i = 0; i < places.size(); ++i) {
      const auto [begin, end] = (cold ? made.cold : made.hot)[i];
      tell({ctx_.env->index,
            "baseline",
            places[i].rip,
            places[i].block->count,
            cold,
            {code + begin, end - begin}});
    }
  }
}

// A guest fault leaves it by longjmp, with everything in the context.
void Translator::enter(const u8* code, u64 left) {
  constexpr u64 kMost = 0x7fffffff;  // Frame::remaining
  constexpr u64 kSliceEnd = 400;     // no block asks for more
  constexpr u64 kNoShadow = u64{1} << 63;
  Frame& f = *frame_;
  f.retiredBefore = ctx_.retired;
  f.granted = f.remaining =
      std::min(variant_ & kExact ? left : left - kSlack, hot_ ? hot_->slice() - sinceSample_ : kMost);
  f.flags = lahfSetoOf(ctx_.flags.arithmetic());
  const bool behindSti =
      std::exchange(ctx_.arch.interruptShadow, InterruptShadow::None) == InterruptShadow::Sti;
  f.shadowed = behindSti ? f.remaining : kNoShadow;
  const VirtualClock& clock = ctx_.env->clock;
  f.tscAway = clock.kind() == VirtualClock::Kind::Host && clock.running() ? 0 : 1;
  f.tscOffset = clock.tscOffset();
  noteSegments(f);
  using Enter = u32 (*)(Frame*, const void*);
  const auto go = reinterpret_cast<Enter>(setup_.thunksAt + setup_.thunks.enter);
  f.link = nullptr;
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->compiledEntered;
    c->inside = true;
  }
  if (go(frame_, code) != 0) return;
  if (ctx_.counters) [[unlikely]]
    countExit();
  recordX87(f);
  ctx_.flags.set(arithmeticFlags(f.flags));
  ctx_.arch.rip = f.link->rip;
  ctx_.retired = f.retiredBefore + f.granted - f.remaining;
  if (f.remaining == f.shadowed) ctx_.arch.interruptShadow = InterruptShadow::Sti;
  if (f.region.wroteSize) [[unlikely]]
    tellOfStore();
  if (!hot_) return;
  sinceSample_ += f.granted - f.remaining;
  sliceEnded_ = sinceSample_ + kSliceEnd > hot_->slice();
  if (sliceEnded_) sinceSample_ = 0;
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
