// Finds decoded blocks by where their code is in RAM, within a fixed amount of memory.
#pragma once

#include <memory>

#include "core/base/zero_memory.h"
#include "cpu-tcg/interp/block.h"

namespace duet::tcg {

// One a vCPU, its thread only. Instructions take turns in a ring: those decoded longest ago make room for new ones, and are
// decoded again when somebody wants them (BlockBuilder::ready()), which is seldom once there is compiled code. A guest that
// executes endless different code fills the memory for blocks; then everything is dropped and decoded again on demand.
class BlockCache {
 public:
  static constexpr size_t kDefaultBlocks = 16u << 20, kDefaultInsns = 8u << 20;  // bytes

  explicit BlockCache(size_t blockMemory = kDefaultBlocks, size_t insnMemory = kDefaultInsns);
  BlockCache(const BlockCache&) = delete;
  BlockCache& operator=(const BlockCache&) = delete;

  // The current block at `position` decoded under `decodeKey`, or nullptr. An out-of-date one is unlinked; the next one of that
  // place takes its memory: a guest that writes code again and again does so in the same places.
  Block* find(u64 position, u8 decodeKey, const mmu::Ram& ram);
  bool hasRoom() const { return used_ + sizeof(Block) <= blockMemory_; }  // for one more
  // A block with room for kMaxInsns instructions. May drop all others: their pointers die (epoch() changes). Only commit()
  // keeps it, and says where.
  Block* begin();
  Block* commit(Block* block);
  // Whether its instructions are there: until the next begin() or renew().
  bool holds(const Block& block) const { return block.insnsAt >= oldest_; }
  // Room for a block's instructions once more; keep() when they are there.
  void renew(Block& block);
  void keep(const Block& block);
  u64 epoch() const { return epoch_; }
  void clear();

 private:
  static constexpr unsigned kBucketBits = 17;
  static constexpr size_t kBuckets = size_t{1} << kBucketBits;
  static size_t bucket(u64 position) { return placeHash(position, kBucketBits); }

  ZeroMemory blocks_, insns_;  // touched as they fill
  const size_t blockMemory_, insnMemory_;
  size_t used_ = 0;  // of blocks_
  // Places in the ring are bytes ever given out, counted from its size on: what is free, and before what all is given out again.
  // (0: nowhere. Blocks that are not of the cache are at the end of all.)
  u64 given_, oldest_ = 1;
  u64 epoch_ = 1;
  std::unique_ptr<Block*[]> buckets_;
  Block* spare_ = nullptr;  // the last one that was unlinked
};

}  // namespace duet::tcg
