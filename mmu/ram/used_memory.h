// Which parts of RAM the host has memory for: whatever else is looked at by its pointer costs a page.
#pragma once

#include <vector>

#include "mmu/ram/ram.h"

namespace duet::mmu {

struct UsedPiece {
  u64 from, to;  // bytes in the block, whole pages
};

// Ascending; all outside is zero. While nobody writes.
Result<std::vector<UsedPiece>> usedMemory(const Ram& ram, const RamBlock& block);

}  // namespace duet::mmu
