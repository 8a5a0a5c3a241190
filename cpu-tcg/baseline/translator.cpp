#include "cpu-tcg/baseline/translator.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/assert.h"

namespace duet::tcg::baseline {

namespace {

CpuVendor hostVendor() { return __builtin_cpu_is("amd") ? CpuVendor::Amd : CpuVendor::Intel; }

}  // namespace

Translator::Translator(Context& ctx, std::span<u8, kTierMemory> memory, const TranslatorOptions& options)
    : ctx_(ctx), frame_(new(memory.data() + memory.size() - sizeof(Frame)) Frame{}), options_(options) {
  frame_->ctx = &ctx;
  frame_->mail = &ctx.env->mailbox.word();
  setup_.places = {reinterpret_cast<const u8*>(frame_), &ctx};
  setup_.ram = ctx.ram;
  setup_.rename = options.rename;
  setup_.hostsVendor = ctx.env->model.vendor() == hostVendor();
  frame_->states = reinterpret_cast<u64>(ctx.ram->states()) -
                   (reinterpret_cast<u64>(ctx.ram->arena()) >> 12) * sizeof(u32);
  jumps_.reset(new JumpEntry[JumpEntry::kSize]);
  frame_->jumpTable = jumps_.get();
  clearJumps();
}

Result<std::unique_ptr<Translator>> Translator::create(Context& ctx, std::span<u8, kTierMemory> memory,
                                                       const TranslatorOptions& options) {
  if (!hostFeatures().has(Feature::Bmi2))
    return fail("tier=baseline needs a processor with BMI2, which this host has not; use tier=interp");
  std::unique_ptr<Translator> made(new Translator(ctx, memory, options));
  auto arena = CodeArena::create(options.codeSize, options.codeSize);
  if (!arena) return tl::unexpected(arena.error());
  made->arena_ = std::move(*arena);
  if (auto ok = made->placeThunks(); !ok) return tl::unexpected(ok.error());
  return made;
}

Result<> Translator::placeThunks() {
  const std::vector<u8> bytes = emitThunks(setup_.places, setup_.thunks);
  const CodeSlot slot = bytes.empty() ? CodeSlot{} : arena_->allocate(static_cast<u32>(bytes.size()));
  if (!slot) return fail("cannot emit the translator's entry code: no memory");
  std::memcpy(slot.write, bytes.data(), bytes.size());
  setup_.thunksAt = reinterpret_cast<u64>(slot.execute);
  return {};
}

// Every translation goes; the thunks are made anew where they were.
void Translator::clear() {
  if (ctx_.counters && translated_) ++ctx_.counters->codeMemoryRecycled;
  arena_->clear();
  translations_.clear();
  clearJumps();
  frame_->link = nullptr;
  ++epoch_;
  const auto placed = placeThunks();
  DUET_ASSERT(placed.has_value());
}

bool Translator::run(Block& block, u64 left) {
  if (block.count > left || block.crosses || !mayRun(ctx_) || ctx_.env->mailbox.peek()) return false;
  const u32 key = modeKey(ctx_);
  Translation* found = find(block, key);
  if (!found) {
    if (++block.runs < options_.threshold) return false;
    found = translate(block, key);
    if (!found) return false;
  }
  connect(block, *found, key);
  frame_->key = key;
  enter(found->code, left);
  return true;
}

// An empty entry's sum is that of its own place without a key.
void Translator::clearJumps() {
  for (u64 i = 0; i < JumpEntry::kSize; ++i) jumps_[i] = {u64{0} - i, nullptr};
  jumpKeys_.fill(0);
  lastJumpKey_ = 0;
}

// Entries of other keys stay, for nothing: a TLB flush costs no more than new keys.
void Translator::selectJumpKey(u32 key) {
  if (generation_ != ctx_.tlb.generation()) {
    generation_ = ctx_.tlb.generation();
    jumpKeys_.fill(0);
  }
  if (!jumpKeys_[key]) {
    if (lastJumpKey_ == JumpEntry::kMask) clearJumps();
    jumpKeys_[key] = ++lastJumpKey_;
  }
  frame_->jumpKey = jumpKeys_[key];
}

// From now on compiled code finds the way here by itself: whoever looks the address up, and the block that ran last, if it is
// of the same page and mode.
void Translator::connect(const Block& block, const Translation& to, u32 key) {
  selectJumpKey(key);
  jumps_[to.rip & JumpEntry::kMask] = {u64{0} - to.rip - frame_->jumpKey, to.code};
  const Link* link = frame_->link;
  frame_->link = nullptr;
  if (!link || !link->site || link->rip != to.rip || link->page != block.position >> 12 || key != frame_->key)
    return;
  const CodeSlot base = arena_->peek();
  u8* site = base.write + (reinterpret_cast<const u8*>(link->site) - base.execute);
  const i32 distance = static_cast<i32>(reinterpret_cast<i64>(to.code) - static_cast<i64>(link->site));
  std::memcpy(site - 4, &distance, 4);
}

Translation* Translator::find(const Block& block, u32 key) const {
  if (block.compiledEpoch != epoch_) return nullptr;
  for (auto* t = static_cast<Translation*>(block.compiled); t; t = t->next)
    if (t->rip == ctx_.arch.rip && t->key == key) return t;
  return nullptr;
}

Translation* Translator::translate(Block& block, u32 key) {
  const u64 rip = ctx_.arch.rip;
  const CounterClock clock(ctx_.counters);
  setup_.bank = &ctx_.tlb.entries(ctx_.tlb.bank());
  const BlockPlace place{&block, key, rip, ctx_.ripMask};
  const u8* code = emit(place);
  if (!code) {
    clear();
    code = emit(place);
    if (!code) return nullptr;
  }
  if (block.compiledEpoch != epoch_) block.compiled = nullptr;
  block.compiledEpoch = epoch_;
  translations_.push_back({rip, key, code, static_cast<Translation*>(block.compiled)});
  block.compiled = &translations_.back();
  ++translated_;
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->blocksCompiled;
    c->instructionsCompiled += block.count;
    c->codeBytes += static_cast<u64>(arena_->peek().execute - code);
    c->compileNs += clock.passed();
  }
  return &translations_.back();
}

// Null when the code memory is used up.
const u8* Translator::emit(const BlockPlace& place) {
  const CodeSlot next = arena_->peek();
  const std::vector<u8> bytes = emitBlock(setup_, place, reinterpret_cast<u64>(next.execute));
  if (bytes.empty()) return nullptr;
  const CodeSlot slot = arena_->allocate(static_cast<u32>(bytes.size()));
  if (!slot) return nullptr;
  DUET_ASSERT(slot.execute == next.execute);
  std::memcpy(slot.write, bytes.data(), bytes.size());
  return slot.execute;
}

// A guest fault leaves it by longjmp, with everything in the context.
void Translator::enter(const u8* code, u64 left) {
  constexpr u64 kMost = 0x7fffffff;  // Frame::remaining
  Frame& f = *frame_;
  f.retiredBefore = ctx_.retired;
  f.granted = f.remaining = std::min(left, kMost);
  f.flags = lahfSetoOf(ctx_.flags.arithmetic());
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
}

// Left by a jump. What runs out shortly after is taken for what ran out.
void Translator::countExit() {
  const Frame& f = *frame_;
  ctx_.counters->leave(f.link->site                     ? Left::NotLinked
                       : ctx_.env->mailbox.peek()       ? Left::Mail
                       : f.remaining < Block::kMaxInsns ? Left::Budget
                                                        : Left::Lookup);
}

TierFactory tierFactory(const TranslatorOptions& options) {
  return [options](Context& ctx, std::span<u8, kTierMemory> memory) -> Result<std::unique_ptr<CompiledTier>> {
    auto made = Translator::create(ctx, memory, options);
    if (!made) return tl::unexpected(made.error());
    return std::unique_ptr<CompiledTier>(std::move(*made));
  };
}

}  // namespace duet::tcg::baseline
