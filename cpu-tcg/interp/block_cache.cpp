#include "cpu-tcg/interp/block_cache.h"

#include <algorithm>
#include <new>

#include "core/base/assert.h"

namespace duet::tcg {
namespace {

constexpr size_t sizeFor(size_t insns) { return sizeof(Block) + (insns - 1) * sizeof(BlockInsn); }

}  // namespace

BlockCache::BlockCache(size_t capacity)
    : memory_(capacity), capacity_(capacity), buckets_(new Block*[kBuckets]()) {}

Block* BlockCache::find(u64 position, u8 decodeKey, const mmu::Ram& ram) {
  Block*& head = buckets_[bucket(position)];
  for (Block** link = &head; Block* b = *link; link = &b->next) {
    if (b->position != position || b->decodeKey != decodeKey) continue;
    *link = b->next;
    if (!isCurrent(*b, ram)) return nullptr;
    b->next = head;  // to the front: what is asked for once is asked for again
    head = b;
    return b;
  }
  return nullptr;
}

Block* BlockCache::begin() {
  if (used_ + sizeFor(Block::kMaxInsns) > capacity_) clear();
  return new (memory_.data() + used_) Block;
}

void BlockCache::commit(Block* block) {
  Block*& head = buckets_[bucket(block->position)];
  block->next = head;
  head = block;
  used_ += (sizeFor(block->count) + 63) & ~size_t{63};
}

void BlockCache::clear() {
  std::fill_n(buckets_.get(), kBuckets, nullptr);
  used_ = 0;
  ++epoch_;
}

}  // namespace duet::tcg
