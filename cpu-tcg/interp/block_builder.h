// Fetches and decodes guest code into blocks.
#pragma once

#include <span>

#include "cpu-tcg/interp/block_cache.h"
#include "cpu-tcg/interp/handlers/handler_table.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/native/stub_cache.h"

namespace duet::tcg {

class BlockBuilder {
 public:
  BlockBuilder(Context& ctx, BlockCache& cache, StubCache& stubs, interp::HandlerChoice handlerOf);

  // The block at the current CS:RIP (its linear address is `linear`), from the cache or decoded now. Raises the
  // faults of the fetch: #GP for limit and length, #PF. Up to date when it returns. A block of code that
  // cannot be cached (device memory) stays good until the next call.
  Block* get(LinearAddr linear);

  // Sees to it that the instructions of a block of the cache, of the mode that runs now, are there. False: its code has been
  // written to. Instructions of other blocks may go.
  bool ready(Block& block) { return cache_.holds(block) || decodeAgain(block); }
  // A block of the cache like one that was decoded elsewhere, of the mode that runs now: found, or decoded here. Null when its code
  // has been written to, or the cache has no room without dropping others.
  Block* again(const Block& like);

 private:
  // Bytes the CS limit lets an instruction here have.
  u64 bytesWithinLimit() const;
  Block* build(const u8* page, u64 position);
  bool decodePage(Block& block, const u8* page);
  bool decodeAgain(Block& block);
  // One instruction fetched byte by byte as far as it goes: into a second page, or from a device.
  Block* buildSingle(LinearAddr linear, const mmu::ExecTlbEntry& first);
  bool sameSecondPage(const Block& block, LinearAddr linear);
  isa::DecodeStatus decode(std::span<const u8> bytes, BlockInsn& out);
  // Gives the decoded instruction its handler; true when it ends the block.
  bool prepare(BlockInsn& insn, isa::DecodeStatus status);

  Context& ctx_;
  BlockCache& cache_;
  StubCache& stubs_;
  const interp::HandlerChoice handlerOf_;
  const FeatureSet& features_;
  const isa::Dialect dialect_;
  Block uncached_;
  struct {
    Block::Link links[Block::kLinks];
    BlockInsn insn;
  } uncachedCode_;
};

}  // namespace duet::tcg
