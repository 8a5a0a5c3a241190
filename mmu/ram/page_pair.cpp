#include "mmu/ram/page_pair.h"

#include <sys/mman.h>

#include "core/base/assert.h"

namespace duet::mmu {
namespace {

u8* pageOf(const u8* p) { return reinterpret_cast<u8*>(reinterpret_cast<u64>(p) & ~kPageMask); }

}  // namespace

PagePair::PagePair() {
  void* p = mmap(nullptr, 2 * kPageSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  DUET_ASSERT(p != MAP_FAILED);
  window_ = static_cast<u8*>(p);
}

PagePair::~PagePair() { munmap(window_, 2 * kPageSize); }

void PagePair::show(const Ram& ram, unsigned half, const u8* page) {
  if (shown_[half] == page) return;
  for (const auto& block : ram.blocks()) {
    const u64 offset = static_cast<u64>(page - block->host);
    if (page < block->host || offset >= block->size) continue;
    void* where = window_ + half * kPageSize;
    void* got = mmap(where, kPageSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ram.memfd(*block),
                     static_cast<off_t>(offset));
    DUET_ASSERT(got == where);
    shown_[half] = page;
    return;
  }
  DUET_ASSERT(false && "a page of this RAM");
}

u8* PagePair::map(const Ram& ram, u8* first, const u8* second) {
  u8* const page = pageOf(first);
  if (page + kPageSize == second) return first;
  show(ram, 0, page);
  show(ram, 1, second);
  return window_ + (first - page);
}

}  // namespace duet::mmu
