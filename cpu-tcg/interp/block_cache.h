// Finds decoded blocks by where their code is in RAM, within a fixed amount of memory.
#pragma once

#include <memory>

#include "core/base/zero_memory.h"
#include "cpu-tcg/interp/block.h"

namespace duet::tcg {

// One a vCPU, its thread only. A guest that executes endless different code fills the arena; then
// everything is dropped and decoded again on demand.
class BlockCache {
 public:
  static constexpr size_t kDefaultCapacity = 64u << 20;

  explicit BlockCache(size_t capacity = kDefaultCapacity);
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // The current block at `position` decoded under `decodeKey`, or nullptr. Out-of-date ones are unlinked.
  Block* find(u64 position, u8 decodeKey, const mmu::Ram& ram);
  // A block for up to kMaxInsns instructions at the end of the arena. May drop all others: their pointers die
  // (epoch() changes). Only commit() keeps it.
  Block* begin();
  void commit(Block* block);
  u64 epoch() const { return epoch_; }
  void clear();

 private:
  static constexpr size_t kBuckets = 1u << 17;
  static size_t bucket(u64 position) { return (position * 0x9e3779b97f4a7c15u) >> 47; }

  ZeroMemory memory_;  // touched as it fills
  size_t capacity_;
  size_t used_ = 0;
  u64 epoch_ = 1;
  std::unique_ptr<Block*[]> buckets_;
};

}  // namespace duet::tcg
