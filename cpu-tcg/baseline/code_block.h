// A block of guest code that has been compiled, as all vCPUs of a machine know it.
#pragma once

#include <atomic>

#include "cpu-tcg/interp/block.h"

namespace duet::tcg::baseline {

struct Translation;  // hot_code.h

// What a block's instructions are, as a number; they are there.
u64 contentOf(const Block& block);

// Each vCPU has a Block of its own for it, with instructions that may be gone (Translator::decoded()). Lives as long as its
// CodeMemory. Whoever has found it may read it without a lock.
struct CodeBlock : CodePlace {
  CodeBlock(const Block& block, u32 n, u64 instructions)
      : CodePlace(block),
        content(instructions),
        number(n),
        page2(block.page2),
        version2(block.version2),
        count(block.count),
        bytes(block.bytes),
        decodeKey(block.decodeKey),
        crosses(block.crosses) {}
  bool isAt(const Block& block) const {
    return position == block.position && version == block.version && bytes == block.bytes &&
           count == block.count && decodeKey == block.decodeKey && page2 == block.page2 &&
           version2 == block.version2;
  }
  bool isCurrent(const mmu::Ram& ram) const {
    return ram.codeVersion(position >> 12) == version && (!crosses || ram.codeVersion(page2) == version2);
  }
  // One like those it was made from, without instructions.
  Block asBlock() const {
    Block block;
    static_cast<CodePlace&>(block) = *this;
    block.page2 = page2;
    block.version2 = version2;
    block.count = count;
    block.bytes = bytes;
    block.decodeKey = decodeKey;
    block.crosses = crosses;
    return block;
  }

  // Between a store to code and the end of the page's version, vCPUs decode old bytes and new ones under that version. Who has run new
  // ones must not be given code of the old ones.
  const u64 content;
  const u32 number;           // of the blocks of its CodeMemory
  const u32 page2, version2;  // as Block's
  const u16 count, bytes;
  const u8 decodeKey;
  const bool crosses;
  std::atomic<Translation*> translations = nullptr;  // the last one made; it knows the others
  std::atomic<CodeBlock*> next = nullptr;            // in its hash bucket
};

}  // namespace duet::tcg::baseline
