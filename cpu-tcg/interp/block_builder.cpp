#include "cpu-tcg/interp/block_builder.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/base/bits.h"
#include "cpu-tcg/interp/native_handler.h"
#include "cpu-tcg/interp/trace.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/runtime/memory.h"
#include "mmu/ram/guest_copy.h"

namespace duet::tcg {

using namespace isa;

namespace {

constexpr u32 kMaxLength = kMaxInsnLength;
constexpr u32 kGranule = 64;  // of Ram's code mask

void undefined(Context& ctx, const Insn&) { raiseUd(ctx); }
void tooLong(Context& ctx, const Insn&) { raiseGp0(ctx); }

// Bytes of a page from `at` on: those of an instruction and, as the decoder reads words, some more where the page has them.
class Fetched {
 public:
  Fetched(const u8* page, u32 at) : size_(std::min(kMost, static_cast<u32>(kPageSize) - at)) {
    if (size_ == kMost) [[likely]] {
      mmu::copyFromGuest(bytes_, page + at, kMost);
    } else {
      mmu::copyFromGuest(bytes_, page + at, size_);
    }
  }
  // Of an instruction over two pages, as many as it has.
  Fetched(const u8* page, u32 at, const u8* second, u32 size) : size_(size) {
    const u32 inFirst = static_cast<u32>(kPageSize) - at;
    mmu::copyFromGuest(bytes_, page + at, inFirst);
    mmu::copyFromGuest(bytes_ + inFirst, second, size - inFirst);
  }
  std::span<const u8> bytes() const { return {bytes_, size_}; }

 private:
  static constexpr u32 kMost = 24;
  u8 bytes_[kMost];
  const u32 size_;
};

// What a row's name says, by Row::index.
struct Meaning {
  bool native = false;
  // Software interrupts and SYSCALL clear TF on the way in; the trap is then not taken.
  bool entersEvent = false;
};

Meaning meaningOf(const Row& row) {
  static const std::vector<Meaning> meanings = [] {
    std::vector<Meaning> all;
    for (const Row& r : allRows()) {
      const std::string_view sem = r.semName;
      const bool enters =
          sem == "IntN" || sem == "Int3" || sem == "Into" || sem == "Icebp" || sem == "Syscall";
      all.push_back({sem == "Native", enters});
    }
    return all;
  }();
  return meanings[row.index];
}

// Decoded instructions go round through more memory than caches hold: the lines of those to come are fetched meanwhile.
void askForThoseAfter(const BlockInsn& insn) {
  constexpr size_t kAhead = 256, kLine = 64;  // bytes; an instruction has one line and a half
  for (size_t line = 0; line < 2; ++line)
    __builtin_prefetch(reinterpret_cast<const u8*>(&insn) + kAhead + line * kLine, 1);
}

}  // namespace

BlockBuilder::BlockBuilder(Context& ctx, BlockCache& cache, StubCache& stubs, interp::HandlerChoice handlerOf)
    : ctx_(ctx),
      cache_(cache),
      stubs_(stubs),
      handlerOf_(handlerOf),
      features_(ctx.env->model.features()),
      dialect_(ctx.env->model.vendor() == CpuVendor::Amd ? Dialect::Amd : Dialect::Intel) {}

u64 BlockBuilder::bytesWithinLimit() const {
  if (ctx_.codeMode == CodeMode::Bits64) return ~u64{0};
  const u64 limit = ctx_.arch.segment[kSegCs].limit;
  return ctx_.arch.rip > limit ? 0 : limit - ctx_.arch.rip + 1;
}

Block* BlockBuilder::get(LinearAddr linear) {
  if (!bytesWithinLimit()) raiseGp0(ctx_);
  if (ctx_.longMode && signExtend(linear.value, 64 - ctx_.canonicalShift) != linear.value) raiseGp0(ctx_);
  const mmu::ExecTlbEntry& page = fetchPage(ctx_, linear);
  if (!page.host) return buildSingle(linear, page);
  const u64 position = ctx_.ram->pageIndex(page.host) << 12 | linear.pageOffset();
  Block* found = cache_.find(position, ctx_.modeKey & kDecodeKeyMask, *ctx_.ram);
  const bool fits = found && found->bytes <= bytesWithinLimit();
  if (fits && (!found->crosses || sameSecondPage(*found, linear)) && ready(*found)) return found;
  if (Block* built = build(page.host, position)) return built;
  return buildSingle(linear, page);
}

bool BlockBuilder::sameSecondPage(const Block& block, LinearAddr linear) {
  const u8* host = fetchPage(ctx_, pageBehind(ctx_.codeMode, linear)).host;
  return host && ctx_.ram->pageIndex(host) == block.page2;
}

// nullptr when the first instruction does not fit into the page.
Block* BlockBuilder::build(const u8* page, u64 position) {
  Block* block = cache_.begin();
  block->position = position;
  block->decodeKey = ctx_.modeKey & kDecodeKeyMask;
  // Another vCPU may write the page while it is decoded; then the versions differ and the block is out of date
  // at once: run it this time (the write came after), decode again the next.
  const CounterClock clock(ctx_.counters);
  while (!decodePage(*block, page)) {
  }
  if (!block->count) return nullptr;
  block = cache_.commit(block);
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->blocksDecoded;
    c->instructionsDecoded += block->count;
    c->decodeTicks += clock.passed();
  }
  if (logEnabled(LogChannel::InAsm)) [[unlikely]]
    traceDecoded(ctx_, *block, {page + (position & kPageMask), block->bytes});
  return block;
}

// Another vCPU may be writing: then some instructions may be new ones already, as if they had been fetched that late.
bool BlockBuilder::decodeAgain(Block& block) {
  if (!isCurrent(block, *ctx_.ram)) return false;
  const CounterClock clock(ctx_.counters);
  const u8* page = ctx_.ram->arena() + (block.position & ~kPageMask);
  u32 at = block.position & kPageMask;
  const u32 end = at + block.bytes;
  block.compiledEpoch = 0;  // what a compiling tier knew was of the instructions before
  cache_.renew(block);
  for (unsigned n = 0; n < block.count; ++n) {
    BlockInsn& insn = *new (&block.insns[n]) BlockInsn;
    askForThoseAfter(insn);
    const u8* second = ctx_.ram->arena() + (u64{block.page2} << 12);
    const Fetched fetched = block.crosses ? Fetched(page, at, second, block.bytes) : Fetched(page, at);
    const DecodeStatus status = decode(fetched.bytes(), insn);
    const bool ended = status == DecodeStatus::NeedMore || prepare(insn, status);
    at += insn.length;
    if (at > end || (ended && n + 1u < block.count)) break;
  }
  const bool same = at == end && isCurrent(block, *ctx_.ram);
  if (same) {
    cache_.keep(block);
  } else {
    block.insnsAt = 0;
  }
  if (Counters* c = ctx_.counters) [[unlikely]] {
    c->instructionsDecoded += block.count;
    c->decodeTicks += clock.passed();
  }
  return same;
}

Block* BlockBuilder::again(const Block& like) {
  Block* found = cache_.find(like.position, like.decodeKey, *ctx_.ram);
  const bool same = found && found->version == like.version && found->count == like.count &&
                    found->bytes == like.bytes && found->page2 == like.page2 &&
                    found->version2 == like.version2;
  if (same) return found;
  if (!cache_.hasRoom()) return nullptr;
  Block* block = cache_.begin();
  block->position = like.position;
  block->version = like.version;
  block->page2 = like.page2;
  block->version2 = like.version2;
  block->count = like.count;
  block->bytes = like.bytes;
  block->decodeKey = like.decodeKey;
  block->crosses = like.crosses;
  return decodeAgain(*block) ? cache_.commit(block) : nullptr;
}

// False when the page's version moved on in the middle.
bool BlockBuilder::decodePage(Block& block, const u8* page) {
  mmu::Ram& ram = *ctx_.ram;
  const u64 index = block.position >> 12;
  const u32 start = block.position & kPageMask;
  const u64 limit = bytesWithinLimit();
  u32 at = start, marked = start;
  block.count = 0;
  for (bool ended = false; !ended && block.count < Block::kMaxInsns && at < kPageSize;) {
    const u32 end = std::min(at + kMaxLength, static_cast<u32>(kPageSize));
    if (end > marked) {
      const u32 until = std::min(static_cast<u32>(alignUp(end, kGranule)), static_cast<u32>(kPageSize));
      const u32 version = ram.beginDecode(index, marked, until - marked);
      if (at != start && version != block.version) return false;
      block.version = version;
      marked = until;
    }
    BlockInsn& insn = *new (&block.insns[block.count]) BlockInsn;
    askForThoseAfter(insn);
    const DecodeStatus status = decode(Fetched(page, at).bytes(), insn);
    if (status == DecodeStatus::NeedMore) break;
    if (at + insn.length - start > limit) {
      if (block.count) break;
      raiseGp0(ctx_);
    }
    at += insn.length;
    ++block.count;
    ended = prepare(insn, status);
  }
  block.bytes = static_cast<u16>(at - start);
  return true;
}

Block* BlockBuilder::buildSingle(LinearAddr linear, const mmu::ExecTlbEntry& first) {
  u8 bytes[kMaxLength];
  const u64 limit = bytesWithinLimit();
  const u32 inFirst = static_cast<u32>(kPageSize - linear.pageOffset());
  mmu::ExecTlbEntry pages[2] = {first, {}};
  u32 versions[2] = {};
  BlockInsn insn;
  DecodeStatus status = DecodeStatus::NeedMore;
  for (u32 n = 0; n < kMaxLength && status == DecodeStatus::NeedMore;) {
    if (n >= limit) raiseGp0(ctx_);
    const unsigned which = n >= inFirst;
    if (n == inFirst) pages[1] = fetchPage(ctx_, pageBehind(ctx_.codeMode, linear));
    const mmu::ExecTlbEntry& page = pages[which];
    const u32 offset = (linear.value + n) & kPageMask;
    if (page.host) {
      versions[which] = ctx_.ram->beginDecode(ctx_.ram->pageIndex(page.host), offset, 1);
      mmu::copyFromGuest(bytes + n, page.host + offset, 1);
    } else {
      bytes[n] = fetchSlowByte(ctx_, Gpa((page.physical & ~kPageMask) + offset));
    }
    ++n;
    insn = BlockInsn{};
    status = decode({bytes, n}, insn);
  }
  prepare(insn, status);
  if (Counters* c = ctx_.counters) [[unlikely]] {
    ++c->blocksDecoded;
    ++c->instructionsDecoded;
  }

  const bool crosses = insn.length > inFirst;
  const bool cached = pages[0].host && crosses && pages[1].host;
  Block* block = cached ? cache_.begin() : new (&uncached_) Block;
  if (!cached) {
    block->insns = &uncachedCode_.insn;
    block->insnsAt = ~u64{0};
  }
  block->decodeKey = ctx_.modeKey & kDecodeKeyMask;
  block->count = 1;
  block->bytes = insn.length;
  block->insns[0] = insn;
  block->crosses = crosses;
  if (logEnabled(LogChannel::InAsm)) [[unlikely]]
    traceDecoded(ctx_, *block, {bytes, insn.length});
  if (!cached) return block;
  block->position = ctx_.ram->pageIndex(pages[0].host) << 12 | linear.pageOffset();
  block->version = versions[0];
  block->page2 = static_cast<u32>(ctx_.ram->pageIndex(pages[1].host));
  block->version2 = versions[1];
  return cache_.commit(block);
}

DecodeStatus BlockBuilder::decode(std::span<const u8> bytes, BlockInsn& out) {
  return isa::decode(bytes, ctx_.codeMode, ctx_.protectedMode, features_, out, dialect_);
}

bool BlockBuilder::prepare(BlockInsn& insn, DecodeStatus status) {
  if (status != DecodeStatus::Ok) {
    insn.fn = status == DecodeStatus::Invalid ? undefined : tooLong;
    insn.row = nullptr;  // the row that came nearest is not its own
    insn.length = std::max<u8>(insn.length, 1);
    return true;
  }
  const Meaning meaning = meaningOf(*insn.row);
  if (meaning.native) {
    prepareNative(insn, stubs_.get(insn), ctx_.amd);
  } else {
    insn.fn = handlerOf_(insn);
    insn.entersEvent = meaning.entersEvent;
    if (!insn.fn) insn.fn = undefined;
  }
  return insn.row->has(kAttrEnd);
}

}  // namespace duet::tcg
