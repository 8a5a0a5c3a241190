#include "cpu-tcg/interp/block_cache.h"

#include <algorithm>
#include <new>
#include <utility>

#include "core/base/assert.h"
#include "core/base/bits.h"

namespace duet::tcg {
namespace {

constexpr size_t kLine = 64;
constexpr size_t kLinkBytes = Block::kLinks * sizeof(Block::Link);
constexpr size_t sizeFor(size_t insns) { return alignUp(kLinkBytes + insns * sizeof(BlockInsn), kLine); }
constexpr size_t kMost = sizeFor(Block::kMaxInsns);

}  // namespace

BlockCache::BlockCache(size_t blockMemory, size_t insnMemory)
    : blocks_(blockMemory, ZeroMemory::Use::Filled),
      insns_(insnMemory, ZeroMemory::Use::Filled),
      blockMemory_(blockMemory),
      insnMemory_(insnMemory),
      given_(insnMemory),
      buckets_(new Block*[kBuckets]()) {
  DUET_ASSERT(blockMemory >= sizeof(Block) && insnMemory >= kMost && insnMemory % kLine == 0);
}

Block* BlockCache::find(u64 position, u8 decodeKey, const mmu::Ram& ram) {
  Block*& head = buckets_[bucket(position)];
  for (Block** link = &head; Block* b = *link; link = &b->next) {
    if (b->position != position || b->decodeKey != decodeKey) continue;
    *link = b->next;
    if (!isCurrent(*b, ram)) {
      spare_ = b;
      return nullptr;
    }
    b->next = head;  // to the front: what is asked for once is asked for again
    head = b;
    return b;
  }
  return nullptr;
}

Block* BlockCache::begin() {
  if (!hasRoom()) clear();
  Block* block = new (blocks_.data() + used_) Block;
  renew(*block);
  return block;
}

// Who still has a pointer to the spare one has it for this place in RAM, and looks at the version. (Those that cross differ in their
// second page, too.)
Block* BlockCache::commit(Block* block) {
  Block* const spare = std::exchange(spare_, nullptr);
  if (spare && spare->position == block->position && spare->decodeKey == block->decodeKey &&
      !spare->crosses && !block->crosses) {
    block = new (spare) Block(*block);
  } else {
    used_ += sizeof(Block);
  }
  Block*& head = buckets_[bucket(block->position)];
  block->next = head;
  head = block;
  keep(*block);
  return block;
}

void BlockCache::renew(Block& block) {
  const size_t at = given_ % insnMemory_;
  if (insnMemory_ - at < kMost) given_ += insnMemory_ - at;
  oldest_ = given_ + kMost - insnMemory_;
  block.insnsAt = given_;
  u8* memory = insns_.data() + given_ % insnMemory_;
  new (memory) Block::Link[Block::kLinks];
  block.insns = reinterpret_cast<BlockInsn*>(memory + kLinkBytes);
}

void BlockCache::keep(const Block& block) { given_ = block.insnsAt + sizeFor(block.count); }

void BlockCache::clear() {
  std::fill_n(buckets_.get(), kBuckets, nullptr);
  spare_ = nullptr;
  used_ = 0;
  ++epoch_;
}

}  // namespace duet::tcg
