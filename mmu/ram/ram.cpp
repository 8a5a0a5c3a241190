#include "mmu/ram/ram.h"

#include <emmintrin.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "mmu/ram/guest_copy.h"
#include "mmu/ram/process_barrier.h"

namespace duet::mmu {
namespace {

// Room for the largest guest (40 physical bits) and its ROMs. The thread sanitizer's memory layout
// leaves less.
#ifdef DUET_TSAN
constexpr u64 kLargestArena = 64_GiB;
#else
constexpr u64 kLargestArena = 2048_GiB;
#endif
constexpr u64 kSmallestArena = 1_GiB;
constexpr u64 kBlockAlignment = 2_MiB;  // lets the host use large pages where it may
constexpr unsigned kGranuleShift = 6;   // 64 bytes, 64 of them a page

u8* reserve(u64 size) {
  void* p = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return p == MAP_FAILED ? nullptr : static_cast<u8*>(p);
}

// One metadata array over all pages of the arena: reserved whole, opened for the pages of real blocks
// only, so that hosts which count commitments are charged for those alone.
struct Metadata {
  u8* base = nullptr;
  u64 size = 0;

  ~Metadata() {
    if (base) munmap(base, size);
  }
  bool create(u64 bytes) {
    size = alignUp(bytes, kPageSize);
    base = reserve(size);
    return base != nullptr;
  }
  bool open(u64 firstByte, u64 endByte) const {
    const u64 from = alignDown(firstByte, kPageSize);
    const u64 to = std::min(alignUp(endByte, kPageSize), size);
    return mprotect(base + from, to - from, PROT_READ | PROT_WRITE) == 0;
  }
};

u64 granuleMask(u32 offset, u32 length) {
  const u32 first = offset >> kGranuleShift;
  const u32 last = (offset + length - 1) >> kGranuleShift;
  return lowMask(last + 1) & ~lowMask(first);
}

}  // namespace

struct Ram::Impl {
  u64 arenaSize = 0;
  u64 used = 0;  // the next block starts above it
  Metadata state, mask;
  std::vector<std::pair<const RamBlock*, int>> descriptors;
  std::atomic<u32> barriersUnderWay{0};

  bool createMetadata() {
    const u64 pages = arenaSize / kPageSize;
    return state.create(pages * sizeof(u64)) && mask.create(pages * sizeof(u64));
  }
  bool openMetadata(u64 firstPage, u64 endPage) const {
    return state.open(firstPage * sizeof(u64), endPage * sizeof(u64)) &&
           mask.open(firstPage * sizeof(u64), endPage * sizeof(u64));
  }
};

Ram::Ram() : impl_(std::make_unique<Impl>()) {
  static_assert(sizeof(std::atomic<u64>) == 8);
  // A smaller address-space limit (ulimit -v) gets a smaller arena; addBlock says when it is too small.
  for (u64 size = kLargestArena; size >= kSmallestArena && !arena_; size /= 2) {
    arena_ = reserve(size);
    if (arena_) impl_->arenaSize = size;
  }
  if (!arena_) return;
  if (!impl_->createMetadata()) {
    munmap(arena_, impl_->arenaSize);
    arena_ = nullptr;
    return;
  }
  state_ = reinterpret_cast<std::atomic<u64>*>(impl_->state.base);
  codeMask_ = reinterpret_cast<std::atomic<u64>*>(impl_->mask.base);
}

Ram::~Ram() {
  for (const auto& [block, fd] : impl_->descriptors) close(fd);
  if (arena_) munmap(arena_, impl_->arenaSize);
}

Result<const RamBlock*> Ram::addBlock(std::string name, u64 size) {
  if (!arena_) return fail("cannot reserve address space for guest memory: raise `ulimit -v`");
  if (size == 0) return fail("memory block '{}' has no size", name);
  // At least one guard page before and after every block.
  const u64 start = alignUp(impl_->used + kPageSize, kBlockAlignment);
  if (start + kPageSize > impl_->arenaSize || size > impl_->arenaSize - start - kPageSize)
    return fail("memory block '{}' of {} MiB is too large: at most {} MiB are left to map", name, size >> 20,
                (impl_->arenaSize - std::min(start, impl_->arenaSize)) >> 20);
  size = alignUp(size, kPageSize);

  const int fd = memfd_create(name.c_str(), MFD_CLOEXEC);
  if (fd < 0) return fail("cannot create memory for '{}': {}", name, errnoText(errno));
  void* where = arena_ + start;
  const bool ok =
      ftruncate(fd, static_cast<off_t>(size)) == 0 &&
      mmap(where, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0) == where;
  const u64 firstPage = start / kPageSize;
  if (!ok || !impl_->openMetadata(firstPage, firstPage + size / kPageSize)) {
    const int error = errno;
    if (ok) mmap(where, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    close(fd);
    return fail("cannot map {} MiB for '{}': {}; try a smaller -m", size >> 20, name, errnoText(error));
  }
  madvise(where, size, MADV_DONTDUMP);

  impl_->used = start + size;
  blocks_.push_back(std::make_unique<RamBlock>(RamBlock{std::move(name), arena_ + start, size, firstPage}));
  impl_->descriptors.emplace_back(blocks_.back().get(), fd);
  return blocks_.back().get();
}

int Ram::memfd(const RamBlock& block) const {
  for (const auto& [owned, fd] : impl_->descriptors)
    if (owned == &block) return fd;
  return -1;
}

// A page's version goes 0 → 1 (the first decoder: watched from here on), 1 → 2 (the writer that hits a mark: no block of the
// version is valid any more; kClearing until the marks are gone), 2 → 3 (the next decoder), and so on.
//
// Why no interleaving loses a write. Let D decode granule g and W write into it.
// - W's check saw the page unwatched: it came before D (or the decoder D found under way) began the watch, and the
//   barrier after that publishes W's bytes before D reads any.
// - W's check saw it watched: W fences, then looks at the version. Even: D's next step (a locked operation before D's reads) comes
//   later, and D reads W's bytes; what D had before is dead.
// - Odd: W looks at the mask. Without g there: either D's mark (a locked operation before D's reads) comes later, and D reads
//   W's bytes; or the mark was cleared meanwhile, which is done after the version ended, and D's block is dead by then. A mark that
//   D finds set is as good as its own: W, who did not see it, published its bytes before it was set, and D reads them after it.
// - W may itself be in the middle of a block of the page: whatever the check says, it then compares the page's version
//   with the block's (being watched brings it there), since another writer may have ended that version before.
// - A mark is never cleared under the version its decoder was given: clearing ends before the next version begins.
// What it does not say: between W's store and its end of the version, one decoder may have old bytes and another new ones under that
// version. A vCPU that has run new ones must not take over what another made of old ones (CodeBlock::content).
namespace {

// The version behind one; not 0 again, where no code ever was.
u32 next(u32 version) { return version + 1 ? version + 1 : 2; }

}  // namespace

u32 Ram::beginDecode(u64 page, u32 offset, u32 length) {
  DUET_ASSERT(length > 0 && offset + length <= kPageSize);
  std::atomic<u64>& word = state_[page];
  u64 state = word.load(std::memory_order_seq_cst);  // with kDirty, which may come and go
  bool first = false, marked = isCode(versionOf(state));
  while (!marked) {
    if (state & kClearing) {
      sched_yield();
      state = word.load(std::memory_order_seq_cst);
    } else {
      first = !(state & kWatched);
      if (first) impl_->barriersUnderWay.fetch_add(1, std::memory_order_seq_cst);
      const u64 code = (state & kAttention) | kWatched | next(versionOf(state));
      marked = word.compare_exchange_strong(state, code, std::memory_order_seq_cst);
      if (marked) state = code;
      if (!marked && first) impl_->barriersUnderWay.fetch_sub(1, std::memory_order_seq_cst);
      first &= marked;
    }
    marked |= isCode(versionOf(state));
  }
  const u64 granules = granuleMask(offset, length);
  std::atomic<u64>& mask = codeMask_[page];
  if ((mask.load(std::memory_order_seq_cst) & granules) != granules)
    mask.fetch_or(granules, std::memory_order_seq_cst);
  // Somebody else's watch counts only once its barrier is done.
  if (first || impl_->barriersUnderWay.load(std::memory_order_seq_cst) != 0) processBarrier();
  if (first) impl_->barriersUnderWay.fetch_sub(1, std::memory_order_seq_cst);
  return versionOf(state);
}

bool Ram::noteCodeWrite(u64 page, u32 offset, u32 length) {
  DUET_ASSERT(length > 0 && offset + length <= kPageSize);
  storeLoadFence();
  std::atomic<u64>& word = state_[page];
  u64 state = word.load(std::memory_order_seq_cst), ended;
  do {
    if (!isCode(versionOf(state))) return false;
    if (!(codeMask_[page].load(std::memory_order_seq_cst) & granuleMask(offset, length))) return false;
    ended = (state & kAttention) | kClearing | next(versionOf(state));
  } while (!word.compare_exchange_weak(state, ended, std::memory_order_seq_cst));
  codeMask_[page].store(0, std::memory_order_release);  // published by what comes next
  word.fetch_and(~kClearing, std::memory_order_seq_cst);
  return true;
}

void Ram::settle(u64 page, u32 version) {
  u64 state = state_[page].load(std::memory_order_seq_cst);
  while (versionOf(state) == version && (state & (kWatched | kClearing)) == kWatched)
    if (state_[page].compare_exchange_weak(state, state & ~kWatched, std::memory_order_seq_cst)) return;
}

// Two words at a time: kDirty is their highest bit. Blocks begin at multiples of 2 MiB, so no two are in two blocks.
void Ram::takeDirtyPages(const RamBlock& block, std::vector<u64>& pages) {
  static_assert(kDirty == u64{1} << 63);
  constexpr u64 kStep = 2;
  const u64 end = block.size / kPageSize;
  for (u64 first = 0; first < end; first += kStep) {
    const auto* words = reinterpret_cast<const __m128d*>(state_ + block.firstPage + first);
    for (unsigned bits = static_cast<unsigned>(_mm_movemask_pd(*words)); bits; bits &= bits - 1) {
      const u64 page = first + static_cast<unsigned>(__builtin_ctz(bits));
      if (page < end && takeDirty(block.firstPage + page)) pages.push_back(page);
    }
  }
}

void Ram::noteWrite(const void* host, u64 length) {
  if (writeListener_) writeListener_(static_cast<const u8*>(host), length);
  const u8* at = static_cast<const u8*>(host);
  while (length > 0) {
    const u64 page = pageIndex(at);
    const u32 offset = static_cast<u32>(static_cast<u64>(at - arena_) & kPageMask);
    const u64 piece = std::min<u64>(length, kPageSize - offset);
    if (!isDirty(page)) markDirty(page);
    if (isWatched(page)) noteCodeWrite(page, offset, static_cast<u32>(piece));
    at += piece;
    length -= piece;
  }
}

}  // namespace duet::mmu
