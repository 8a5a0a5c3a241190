// All RAM and ROM of the machine: memfd-backed blocks with guard pages, and what is known of each page.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/memory/ram_block.h"
#include "mmu/ram/code_runners.h"

namespace duet::mmu {

// Self- and cross-modifying code, for every tier and any number of vCPUs, without stopping anybody:
//   codeVersion(page): odd = "decoded code of this version exists"; a write to code while it is odd moves the version on, to an
//     even one. A decoded block remembers the odd version it was made under and is valid while the page still shows it.
//   decode side: beginDecode(page) makes the version odd, and the page watched. If it was not watched, it runs a process-wide
//     barrier (membarrier PRIVATE_EXPEDITED); then the bytes are read.
//   write side: write the bytes first, then see whether the page is watched: noteCodeWrite(), which begins with a fence. Who runs
//     a block of the page leaves it when its version is not the page's.
//   The barrier orders the writer's store before its look, so a writer either is seen by the decoder or sees the page watched;
//   no fence on the store path. While the page stays watched, writers' fences do the same.
// A mask of 64-byte granules narrows it: writes outside the granules with code change nothing.
// A page whose code is gone stays watched, as there may be code again soon, and somebody may be in the middle of what is dead. When
// nobody can be (CodeRunners), settle() makes it as quiet as a page that never had code.
class Ram {
 public:
  Ram();
  ~Ram();
  Ram(const Ram&) = delete;
  Ram& operator=(const Ram&) = delete;

  // Reserves and maps a block (zeroed lazily by the host: untouched pages cost nothing). `size` is
  // rounded up to a page. Blocks have stable addresses for the object's life. Before vCPUs start.
  Result<const RamBlock*> addBlock(std::string name, u64 size);
  std::span<const std::unique_ptr<RamBlock>> blocks() const { return blocks_; }
  int memfd(const RamBlock& block) const;  // for engines and processes that map the same memory

  // Page index of a host pointer into any block.
  u64 pageIndex(const void* host) const {
    return static_cast<u64>(static_cast<const u8*>(host) - arena_) >> 12;
  }
  const u8* arena() const { return arena_; }  // start of the reserved range all blocks lie in

  // --- dirty pages (display, migration); set by TLB fills for writing and by DMA
  void markDirty(u64 page) { state_[page].fetch_or(kDirty, std::memory_order_relaxed); }
  bool isDirty(u64 page) const { return state_[page].load(std::memory_order_relaxed) & kDirty; }
  bool takeDirty(u64 page) { return state_[page].fetch_and(~kDirty, std::memory_order_acq_rel) & kDirty; }
  // takeDirty() of every page of the block: adds the dirty ones to `pages`, counted from the block's first.
  void takeDirtyPages(const RamBlock& block, std::vector<u64>& pages);

  // --- code pages (see above)
  u32 codeVersion(u64 page) const { return versionOf(state_[page].load(std::memory_order_acquire)); }
  static bool isCode(u32 version) { return version & 1; }
  bool hasCode(u64 page) const { return isCode(codeVersion(page)); }
  // Whether a store needs no more than its bytes: the page is dirty and not watched. Ask after writing the bytes.
  bool isQuiet(u64 page) const { return (stateNow(page) & kAttention) == kDirty; }
  // Whether a store may have hit code; likewise.
  bool isWatched(u64 page) const { return stateNow(page) & kWatched; }
  // What all of these are about, for compiled code: a word a page. Its low half is the version; the upper half tells what a store
  // has to look at. And a bit for each 64 bytes of a page: decoded from under the present version.
  static constexpr u64 kDirty = u64{1} << 63, kWatched = u64{1} << 32, kClearing = u64{1} << 33;
  static constexpr u64 kAttention = kDirty | kWatched | kClearing;
  const std::atomic<u64>* states() const { return state_; }
  const std::atomic<u64>* codeMasks() const { return codeMask_; }
  // Marks bytes [offset, offset+length) of the page as decoded from; returns the odd version.
  u32 beginDecode(u64 page, u32 offset, u32 length);
  // Bytes [offset, offset+length) of a watched page were written. True when they were code, which is dead now.
  bool noteCodeWrite(u64 page, u32 offset, u32 length);
  // Ends the watch, if the page still shows this even version. Nobody may be in the middle of its dead code.
  void settle(u64 page, u32 version);
  CodeRunners& runners() { return runners_; }
  // For DMA and loaders: marks dirty and does the write-side check over a host range.
  void noteWrite(const void* host, u64 length);
  // Is told of every noteWrite(), on its thread. Before vCPUs and devices run.
  using WriteListener = std::function<void(const u8* host, u64 length)>;
  void setWriteListener(WriteListener listener) { writeListener_ = std::move(listener); }

 private:
  static u32 versionOf(u64 state) { return static_cast<u32>(state); }
  u64 stateNow(u64 page) const {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return state_[page].load(std::memory_order_relaxed);
  }

  u8* arena_ = nullptr;
  std::vector<std::unique_ptr<RamBlock>> blocks_;
  std::atomic<u64>* state_ = nullptr;
  std::atomic<u64>* codeMask_ = nullptr;
  CodeRunners runners_;
  WriteListener writeListener_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duet::mmu
