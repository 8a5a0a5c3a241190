// Executable memory in chunks that are mapped twice: one view to write, one to execute. No page is ever
// both writable and executable through one mapping.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/base/memory_advisor.h"
#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::tcg {

struct CodeSlot {
  u8* write = nullptr;
  const u8* execute = nullptr;
  explicit operator bool() const { return write; }
};

// Not thread-safe: the owner locks. Slots are never freed one by one: all go with the arena, or by clear().
class CodeArena {
 public:
  static constexpr u32 kChunkSize = 256u << 10;

  // All of a chunk is within reach of a 32-bit displacement. With an advisor, which outlives the arena, memory is there before slots
  // are given out, once there are more than a few.
  static Result<std::unique_ptr<CodeArena>> create(u32 capacity, u32 chunkSize = kChunkSize,
                                                   MemoryAdvisor* advisor = nullptr);
  ~CodeArena();
  CodeArena(const CodeArena&) = delete;
  CodeArena& operator=(const CodeArena&) = delete;

  // 16-byte aligned. Empty when the capacity is used up or the host gives no more memory.
  CodeSlot allocate(u32 size);
  // For an arena of one chunk: the part of it from `at` on is given out apart, by allocateCold(). Nothing has been given out.
  void divide(u32 at);
  // Likewise; the two kinds are never neighbours.
  CodeSlot allocateCold(u32 size);
  CodeSlot peekCold() const { return slotAt(0, cold_.used); }
  // Where the next slot will lie, if it fits into the chunk in use.
  CodeSlot peek() const { return slotAt(current_, hot_.used); }
  u32 used() const { return used_; }
  u32 usedCold() const { return cold_.used - cold_.begin; }  // of them by allocateCold()
  // Changes code that may be running, on other processors too: bytes within eight aligned ones, which belong to one instruction
  // before and afterwards. Whoever comes there finds the old or the new one whole: a store of eight aligned bytes is seen whole
  // (SDM vol. 3 9.1.1; APM vol. 2 7.3.2), by instruction fetches too (APM vol. 2 7.6.1, which allows changing code while others
  // run it for just this; SDM vol. 3 9.1.3 makes no promise of when a processor sees it, unless it is told, by an instruction that
  // serializes). So what was there has to stay right as long as anybody may still see it. Any thread.
  void patch(const u8* execute, std::span<const u8> bytes);
  // Slots given out so far may be given out again. Nobody may be executing them.
  void clear();

 private:
  struct Chunk {
    u8* write;
    u8* execute;
  };
  // What slots are given out of: a whole chunk, or one of the two parts that the only chunk was divided into. Offsets in it.
  struct Part {
    u32 begin = 0, end = 0;
    u32 used = begin;    // up to where slots have been given out
    u32 backed = begin;  // up to where the host has been asked for memory
  };
  CodeArena(u32 capacity, u32 chunkSize, MemoryAdvisor* advisor)
      : capacity_(capacity), chunkSize_(chunkSize), advisor_(advisor), hot_{0, chunkSize} {}
  CodeSlot slotAt(size_t chunk, u32 at) const {
    return {chunks_[chunk].write + at, chunks_[chunk].execute + at};
  }
  CodeSlot take(size_t chunk, Part& part, u32 size);
  void back(u8* write, Part& part);
  void forget(u8* write, u32 size);
  static u32 whole(u32 size) { return (size + 15) & ~15u; }
  void countDown(u32 size);
  Result<> addChunk();
  void forgetView();

  // Whoever asks how much memory is resident counts both views. Once so much has been made, the one to write goes from what
  // counts; what is written to again comes back by itself.
  static constexpr u32 kForgotten = 1u << 20;
  // The host is asked for so much at a time: when each page comes as it is touched, it costs twice as much.
  static constexpr u32 kBacked = 64u << 10;
  // And the advisor for so much, when no more than half of it is left.
  static constexpr u32 kAhead = 256u << 10;

  const u32 capacity_, chunkSize_;
  MemoryAdvisor* const advisor_;
  u32 untilForgotten_ = kForgotten;
  u32 used_ = 0;  // bytes handed out
  Part hot_;      // of the chunk in use
  Part cold_;     // empty unless the arena was divided
  size_t current_ = 0;
  std::vector<Chunk> chunks_;
};

}  // namespace duet::tcg
