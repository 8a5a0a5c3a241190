// Executable memory in chunks that are mapped twice: one view to write, one to execute. No page is ever
// both writable and executable through one mapping.
#pragma once

#include <memory>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::tcg {

struct CodeSlot {
  u8* write = nullptr;
  const u8* execute = nullptr;
  explicit operator bool() const { return write; }
};

// Not thread-safe: the owner locks. Slots are never freed one by one; all go with the arena.
class CodeArena {
 public:
  static constexpr u32 kChunkSize = 256u << 10;

  static Result<std::unique_ptr<CodeArena>> create(u32 capacity);
  ~CodeArena();
  CodeArena(const CodeArena&) = delete;
  CodeArena& operator=(const CodeArena&) = delete;

  // 16-byte aligned. Empty when the capacity is used up or the host gives no more memory.
  CodeSlot allocate(u32 size);
  u32 used() const { return used_; }

 private:
  struct Chunk {
    u8* write;
    u8* execute;
  };
  explicit CodeArena(u32 capacity) : capacity_(capacity) {}
  Result<> addChunk();

  u32 capacity_;
  u32 used_ = 0;                // bytes handed out
  u32 chunkUsed_ = kChunkSize;  // of the last chunk
  std::vector<Chunk> chunks_;
};

}  // namespace duet::tcg
