#include "cpu-tcg/baseline/code_memory.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "cpu-tcg/baseline/sanitizer.h"

namespace duet::tcg::baseline {
namespace {

constexpr u64 kHotShare =
    60;  // percent of code memory for hot code, of which there is a little more, and regions

}  // namespace

CodeMemory::CodeMemory(u32 number, std::unique_ptr<CodeArena> arena, MemoryAdvisor& advisor)
    : epoch(number),
      arena_(std::move(arena)),
      buckets_(sizeof(std::atomic<CodeBlock*>) << kBucketBits),
      blocks_(&advisor),
      translations_(&advisor) {
  static_assert(std::atomic<CodeBlock*>::is_always_lock_free && sizeof(std::atomic<CodeBlock*>) == 8);
}

Result<std::unique_ptr<CodeMemory>> CodeMemory::create(u32 size, u32 epoch, const Places& places,
                                                       MemoryAdvisor& advisor) {
  DUET_ASSERT(size <= kMostCode);
  auto arena = CodeArena::create(size, size, &advisor);
  if (!arena) return tl::unexpected(arena.error());
  (*arena)->divide(static_cast<u32>(alignDown(u64{size} * kHotShare / 100, kPageSize)));
  std::unique_ptr<CodeMemory> made(new CodeMemory(epoch, std::move(*arena), advisor));
  if (auto ok = made->placeThunks(places); !ok) return tl::unexpected(ok.error());
  return made;
}

Result<> CodeMemory::placeThunks(const Places& places) {
  const std::vector<u8> bytes = emitThunks(places, thunks_);
  const CodeSlot slot = bytes.empty() ? CodeSlot{} : allocate(bytes.size());
  if (!slot) return fail("cannot emit the translator's entry code: no memory");
  std::memcpy(slot.write, bytes.data(), bytes.size());
  begin_ = slot.execute;
  return {};
}

const u8* CodeMemory::place(const UnitCode& made) {
  const CodeSlot hot = allocate(made.hotBytes.size());
  const CodeSlot cold = arena_->allocateCold(static_cast<u32>(made.data.size() + made.coldBytes.size()));
  if (!hot || !cold) return nullptr;
  std::memcpy(hot.write, made.hotBytes.data(), made.hotBytes.size());
  std::memcpy(cold.write, made.data.data(), made.data.size());
  std::memcpy(cold.write + made.data.size(), made.coldBytes.data(), made.coldBytes.size());
  codeMadeOf(*this);
  return hot.execute;
}

// --- blocks. Whoever finds one, or a translation, by these pointers sees all that was written before they were set.

CodeBlock* CodeMemory::find(const Block& block) const {
  std::optional<u64> content;
  CodeBlock* b = head(block.position).load(std::memory_order_acquire);
  for (; b; b = b->next.load(std::memory_order_acquire)) {
    if (!b->isAt(block)) continue;
    if (!content) content = contentOf(block);
    if (b->content == *content) break;
  }
  return b;
}

// All but what follows from the rest: the row's, and how operands are coded.
u64 contentOf(const Block& block) {
  constexpr u64 kOdd[] = {0x9e3779b97f4a7c15, 0xc2b2ae3d27d4eb4f, 0x165667b19e3779f9, 0xd6e8feb86659fd93,
                          0xff51afd7ed558ccd};
  u64 hash = block.count;
  for (unsigned i = 0; i < block.count; ++i) {
    const isa::Insn& insn = block.insns[i];
    const u64 coded = u64{insn.opcode} | u64{insn.modrm} << 8 | u64{insn.rex} << 16 | u64{insn.vvvv} << 24 |
                      u64{insn.vexL} << 32 | u64{insn.prefixes} << 40 | u64{insn.length} << 48;
    const u64 memory = u64{insn.mem.base} | u64{insn.mem.index} << 8 | u64{insn.mem.scale} << 16 |
                       u64{insn.mem.segment} << 24 | u64{insn.row ? insn.row->index + 1u : 0} << 32;
    const u64 mixed = coded * kOdd[0] + memory * kOdd[1] + insn.imm * kOdd[2] +
                      static_cast<u64>(insn.mem.disp) * kOdd[3] + insn.imm2 * kOdd[4];
    hash = (std::rotl(hash, 29) ^ mixed) * kOdd[0];
  }
  return hash;
}

Translation* CodeMemory::find(const CodeBlock& block, u64 rip, u32 variant) {
  Translation* t = block.translations.load(std::memory_order_acquire);
  while (t && (t->rip != rip || t->variant != variant)) t = t->next;
  return t;
}

bool CodeMemory::hasCode(u64 position, u8 decodeKey, u32 version) const {
  for (const CodeBlock* b = head(position).load(std::memory_order_acquire); b;
       b = b->next.load(std::memory_order_acquire)) {
    const bool same = b->position == position && b->decodeKey == decodeKey && b->version == version;
    if (same && b->translations.load(std::memory_order_relaxed)) return true;
  }
  return false;
}

// Those of the same place and other versions are dead. They leave the chain; who stands at one gets on along it all the same.
CodeBlock& CodeMemory::blockOf(const Block& block) {
  if (CodeBlock* found = find(block)) return *found;
  std::atomic<CodeBlock*>& first = head(block.position);
  for (std::atomic<CodeBlock*>* link = &first; CodeBlock* b = link->load(std::memory_order_relaxed);) {
    if (b->position == block.position && b->version != block.version) {
      link->store(b->next.load(std::memory_order_relaxed), std::memory_order_release);
    } else {
      link = &b->next;
    }
  }
  CodeBlock& made = blocks_.make(block, static_cast<u32>(blocks_.size()), contentOf(block));
  made.next.store(first.load(std::memory_order_relaxed), std::memory_order_relaxed);
  first.store(&made, std::memory_order_release);
  return made;
}

Translation& CodeMemory::add(CodeBlock& block, u64 rip, u32 variant, const u8* code, const Entries& entries) {
  Translation* others = block.translations.load(std::memory_order_relaxed);
  Translation& made = translations_.make(block, rip, variant, code, entries, others);
  if (block.crosses) made.seconds[0] = code + entries.second;
  block.translations.store(&made, std::memory_order_release);
  codeMadeOf(block);
  return made;
}

u32 CodeMemory::segmentNumber(const CodeSegment& segment) {
  constexpr size_t kMost = (1u << (32 - kSegmentShift)) - 1;
  const auto known = segments_.find(segment.number());
  if (known != segments_.end()) return known->second;
  if (segments_.size() >= kMost) return 0;
  return segments_[segment.number()] = static_cast<u32>(segments_.size()) + 1;
}

CodeMemory::Name CodeMemory::nameOf(u64 linearPage, u64 ramPage, u32 version, bool mayForget) {
  const std::lock_guard lock(naming_);
  u32 name = namesEnded_ ? 0 : names_.of(linearPage, ramPage, version);
  if (!name && mayForget && !namesEnded_) {
    namesEnded_ = !names_.forget();
    if (!namesEnded_) name = names_.of(linearPage, ramPage, version);
  }
  return {name, names_.time()};
}

// --- code that is changed while others run it (CodeArena::patch()). What they may see late is the code of before: a jump to a way
// out, which asks C++, which finds that there is code by now; or, in front of a block that a region has taken the place of, the
// block, and the region in front of a block that has been restored. All of these are right as long as the code memory is there.

// Sets the displacement that ends at `site`.
void CodeMemory::setDisplacement(u32 site, u32 value) {
  u8 bytes[4];
  std::memcpy(bytes, &value, sizeof bytes);
  codeRunsOf(*this);
  arena_->patch(begin_ + site - sizeof bytes, bytes);
}

void CodeMemory::setJump(u32 site, const u8* to) {
  setDisplacement(site, static_cast<u32>(to - (begin_ + site)));
}

// The jump before the name, and once for all: who sees the name sees the jump, or a way out; who does not see the name goes another
// way. A second name would need both to be seen at once.
bool CodeMemory::setJump(const Link& link, u32 name, const u8* to) {
  const std::lock_guard lock(links_);
  u32 before;
  std::memcpy(&before, begin_ + link.name() - sizeof before, sizeof before);
  if (before != u32{0} - PageNames::kNever) return before == u32{0} - name;
  setJump(link.site, to);
  setDisplacement(link.name(), u32{0} - name);
  return true;
}

void CodeMemory::setSecond(Translation& of, u32 name) {
  if (of.second.load(std::memory_order_relaxed) == name) return;
  const std::lock_guard lock(links_);
  for (const u8* site : of.seconds)
    if (site) setDisplacement(static_cast<u32>(site - begin_), u32{0} - name);
  of.second.store(name, std::memory_order_relaxed);
}

void CodeMemory::addSecond(Translation& of, const u8* site) {
  {
    const std::lock_guard lock(links_);
    of.seconds[1] = site;
  }
  setSecond(of, PageNames::kNever);  // until control comes by C++
}

void CodeMemory::setDetour(const Link& link, const u8* to) { setJump(link.name() + kNameToMiss, to); }

// Whoever comes to the block's code finds jumps, where it would take the block's instructions from what remains (code that is
// exact: where it would check whether it may).
CodeMemory::Displaced CodeMemory::redirect(const Translation& translation, const u8* to) {
  const auto put = [&](u32 entry) { return putJump(translation.code + redirectAt(entry), to); };
  if (!(translation.variant & kExact)) return {put(translation.forward), {}};
  return {put(translation.far), put(translation.back)};
}

void CodeMemory::restore(const Translation& translation, const Displaced& displaced) {
  const auto put = [&](u32 entry, std::span<const u8> bytes) {
    arena_->patch(translation.code + redirectAt(entry), bytes);
  };
  const bool exact = translation.variant & kExact;
  put(exact ? translation.far.load() : translation.forward, displaced.first);
  if (exact) put(translation.back, displaced.second);
}

CodeMemory::Jump CodeMemory::putJump(const u8* from, const u8* to) {
  Jump displaced, jump{0xe9};
  std::copy_n(from, displaced.size(), displaced.begin());
  const i32 distance = static_cast<i32>(to - from - static_cast<i64>(kRedirectSize));
  std::memcpy(&jump[1], &distance, sizeof distance);
  arena_->patch(from, jump);
  return displaced;
}

}  // namespace duet::tcg::baseline
