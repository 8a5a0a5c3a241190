#include "mmu/ram/used_memory.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace duet::mmu {

Result<std::vector<UsedPiece>> usedMemory(const Ram& ram, const RamBlock& block) {
  const int file = ram.memfd(block);
  std::vector<UsedPiece> pieces;
  for (off_t at = 0; at < static_cast<off_t>(block.size);) {
    const off_t from = lseek(file, at, SEEK_DATA);
    if (from < 0 && errno == ENXIO) return pieces;
    const off_t to = from < 0 ? from : lseek(file, from, SEEK_HOLE);
    if (to < 0) return fail("cannot tell which memory of '{}' is in use: {}", block.name, errnoText(errno));
    pieces.push_back({static_cast<u64>(from), std::min(static_cast<u64>(to), block.size)});
    at = to;
  }
  return pieces;
}

}  // namespace duet::mmu
