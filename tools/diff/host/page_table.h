// Where the pages of a Memory lie in the shared memory.
#pragma once

#include <string>
#include <vector>

#include "tools/diff/case/case.h"
#include "tools/diff/host/shared_layout.h"

namespace duet::diff::host {

class PageTable {
 public:
  // What is wrong with the memory for this engine; empty: nothing. Then these are the pages from now on.
  std::string set(std::shared_ptr<const Memory> memory);
  const std::shared_ptr<const Memory>& memory() const { return memory_; }
  // Writes pages and list to the shared memory.
  void store(Control& control, u8* original, u8* before, u8* live) const;

  // Offset of the byte at an address as in Patch, and how many bytes follow in its page; 0 bytes: no page.
  struct Place {
    u32 offset, room;
  };
  Place find(u64 address) const;
  u64 addressOf(u64 offset) const { return memory_->pages[offset / kPageSize].address + offset % kPageSize; }
  u64 bytes() const { return memory_ ? memory_->pages.size() * kPageSize : 0; }

 private:
  std::shared_ptr<const Memory> memory_;
};

}  // namespace duet::diff::host
