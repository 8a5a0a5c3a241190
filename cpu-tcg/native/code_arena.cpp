#include "cpu-tcg/native/code_arena.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/bits.h"

namespace duet::tcg {
namespace {

// Two views of the same memory. Anonymous, not a memfd: only there does `perf report` look into its map of names.
struct Views {
  void* write = MAP_FAILED;
  void* execute = MAP_FAILED;
};

Views mapTwice(size_t size) {
  Views v;
  v.write = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (v.write == MAP_FAILED) return v;
  v.execute = mremap(v.write, 0, size, MREMAP_MAYMOVE);  // of 0 bytes: one view more
  if (v.execute != MAP_FAILED && mprotect(v.execute, size, PROT_READ | PROT_EXEC) == 0) return v;
  const int error = errno;
  if (v.execute != MAP_FAILED) munmap(v.execute, size);
  munmap(v.write, size);
  errno = error;
  return {};
}

}  // namespace

Result<std::unique_ptr<CodeArena>> CodeArena::create(u32 capacity, u32 chunkSize, MemoryAdvisor* advisor) {
  std::unique_ptr<CodeArena> arena(new CodeArena(capacity, chunkSize, advisor));
  if (auto added = arena->addChunk(); !added) return tl::unexpected(added.error());
  return arena;
}

CodeArena::~CodeArena() {
  if (advisor_) advisor_->settle();
  for (const Chunk& chunk : chunks_) {
    munmap(chunk.write, chunkSize_);
    munmap(chunk.execute, chunkSize_);
  }
}

Result<> CodeArena::addChunk() {
  const Views views = mapTwice(chunkSize_);
  if (views.execute == MAP_FAILED)
    return fail("cannot map executable memory: {} (does a security policy forbid it?)", errnoText(errno));
  chunks_.push_back({static_cast<u8*>(views.write), static_cast<u8*>(views.execute)});
  return {};
}

CodeSlot CodeArena::allocate(u32 size) {
  size = whole(size);
  if (size > hot_.end - hot_.begin || size > capacity_ - used_) return {};
  if (size > hot_.end - hot_.used) {
    if (cold_.end || (current_ + 1 == chunks_.size() && !addChunk())) return {};
    ++current_;
    hot_ = {0, chunkSize_};
  }
  return take(current_, hot_, size);
}

void CodeArena::divide(u32 at) {
  DUET_ASSERT(chunkSize_ == capacity_ && !used_ && at % kPageSize == 0 && at < chunkSize_);
  hot_ = {0, at};
  cold_ = {at, chunkSize_};
}

CodeSlot CodeArena::allocateCold(u32 size) {
  DUET_ASSERT(cold_.end);
  size = whole(size);
  if (size > cold_.end - cold_.used) return {};
  return take(0, cold_, size);
}

CodeSlot CodeArena::take(size_t chunk, Part& part, u32 size) {
  const CodeSlot slot = slotAt(chunk, part.used);
  part.used += size;
  countDown(size);
  back(chunks_[chunk].write, part);
  return slot;
}

// A host that cannot give memory ahead (before Linux 5.14), or has none left, gives it page by page.
void CodeArena::back(u8* write, Part& part) {
  const u32 from = part.backed;
  if (part.used > from) {
    part.backed = std::min(static_cast<u32>(alignUp(part.used, kBacked)), part.end);
    madvise(write + from, part.backed - from, MADV_POPULATE_WRITE);
  } else if (advisor_ && part.used - part.begin >= kBacked / 2 && from - part.used < kAhead / 2 &&
             from < part.end) {
    part.backed = std::min(from + kAhead, part.end);
    advisor_->advise(write + from, part.backed - from, MADV_POPULATE_WRITE);
  }
}

void CodeArena::countDown(u32 size) {
  used_ += size;
  if (size > untilForgotten_) {
    forgetView();
    untilForgotten_ = kForgotten;
  } else {
    untilForgotten_ -= size;
  }
}

// The bytes around may be changed meanwhile, by another thread.
void CodeArena::patch(const u8* execute, std::span<const u8> bytes) {
  for (const Chunk& chunk : chunks_) {
    const auto at = static_cast<size_t>(execute - chunk.execute);
    if (at >= chunkSize_) continue;
    const size_t inside = at & 7;
    DUET_ASSERT(inside + bytes.size() <= 8);
    const std::atomic_ref<u64> word(*reinterpret_cast<u64*>(chunk.write + (at - inside)));
    u64 before = word.load(std::memory_order_relaxed), after;
    do {
      after = before;
      std::memcpy(reinterpret_cast<u8*>(&after) + inside, bytes.data(), bytes.size());
    } while (
        !word.compare_exchange_weak(before, after, std::memory_order_release, std::memory_order_relaxed));
    return;
  }
  DUET_ASSERT(false);
}

// The pages are shared memory: only their mapping goes.
void CodeArena::forgetView() {
  for (size_t i = 0; i <= current_; ++i) forget(chunks_[i].write, i < current_ ? chunkSize_ : hot_.used);
  if (cold_.end) forget(chunks_[0].write + cold_.begin, usedCold());
}

void CodeArena::forget(u8* write, u32 size) {
  if (advisor_) return advisor_->advise(write, size, MADV_DONTNEED);
  madvise(write, size, MADV_DONTNEED);
}

void CodeArena::clear() {
  used_ = 0;
  current_ = 0;
  hot_ = {hot_.begin, hot_.end};
  cold_ = {cold_.begin, cold_.end};
}

}  // namespace duet::tcg
