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

namespace duet::mmu {

// Self- and cross-modifying code, for every tier and any number of vCPUs, without stopping anybody:
//   codeVersion(page): bit 0 = "decoded code of this version exists"; a write to code while bit 0 is set moves the
//     version on, to a value without bit 0. A decoded block remembers the odd version it was made under and is valid
//     while the page still shows it.
//   decode side: beginDecode(page) sets bit 0 and, if it was clear, runs a process-wide barrier (membarrier
//     PRIVATE_EXPEDITED), then the bytes are read.
//   write side: write the bytes first, then look at codeVersion: odd → noteCodeWrite(). Who runs a block of the page
//     leaves it when its version is not the page's.
//   The barrier orders the writer's store before its check, so a writer either is seen by the decoder
//   or sees the mark; no fence on the store path.
// A mask of 64-byte granules narrows it: writes outside the granules with code change nothing.
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
  u32 codeVersion(u64 page) const { return state_[page].load(std::memory_order_acquire) & ~kDirty; }
  bool hasCode(u64 page) const { return state_[page].load(std::memory_order_relaxed) & 1; }
  // Whether a store needs no more than its bytes: the page is dirty and never had code (a block of it may be running
  // somewhere, even one whose version has ended). Ask after writing the bytes.
  bool isQuiet(u64 page) const {
    std::atomic_signal_fence(std::memory_order_seq_cst);
    return state_[page].load(std::memory_order_relaxed) == kDirty;
  }
  // What all of these are about, for compiled code: a word a page, the version and kDirty.
  static constexpr u32 kDirty = u32{1} << 31;
  const std::atomic<u32>* states() const { return state_; }
  // Marks bytes [offset, offset+length) of the page as decoded from; returns the odd version.
  u32 beginDecode(u64 page, u32 offset, u32 length);
  // Bytes [offset, offset+length) of a page with hasCode() were written. True when decoded code may be hit (the
  // version moved on).
  bool noteCodeWrite(u64 page, u32 offset, u32 length);
  // For DMA and loaders: marks dirty and does the write-side check over a host range.
  void noteWrite(const void* host, u64 length);
  // Is told of every noteWrite(), on its thread. Before vCPUs and devices run.
  using WriteListener = std::function<void(const u8* host, u64 length)>;
  void setWriteListener(WriteListener listener) { writeListener_ = std::move(listener); }

 private:
  u8* arena_ = nullptr;
  std::vector<std::unique_ptr<RamBlock>> blocks_;
  std::atomic<u32>* state_ = nullptr;     // one word a page: its version, and kDirty
  std::atomic<u64>* codeMask_ = nullptr;  // one bit per 64 bytes of a page
  WriteListener writeListener_;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duet::mmu
