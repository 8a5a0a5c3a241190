// Pages of RAM: which were written, whether two machines have them alike, copies.
#pragma once

#include <span>
#include <vector>

#include "core/base/result.h"
#include "mmu/ram/ram.h"
#include "tools/diff/lockstep/memory_map.h"

namespace duet::diff::lockstep {

// By block: page numbers counted from its first page.
class PageSet {
 public:
  void add(mmu::Ram& ram);         // what is dirty there, and no more afterwards
  void add(const PageSet& other);  // may leave pages twice until tidy()
  void tidy();                     // ascending, none twice
  void clear();
  std::span<const std::vector<u64>> blocks() const { return blocks_; }
  size_t size() const;

 private:
  std::vector<std::vector<u64>> blocks_;
};

bool sameBytes(const mmu::Ram& a, const mmu::Ram& b, const PageSet& pages);

// Single bytes that differ, up to `most`.
struct ByteDifference {
  RamPlace place;
  u8 left, right;
};
std::vector<ByteDifference> differentBytes(const mmu::Ram& left, const mmu::Ram& right, const PageSet& pages,
                                           size_t most);

// Both have blocks of the same sizes. `to` is told by noteWrite(), and its pages are not dirty afterwards.
void copyPages(const mmu::Ram& from, mmu::Ram& to, const PageSet& pages);
Result<> copyAll(const mmu::Ram& from, mmu::Ram& to);

}  // namespace duet::diff::lockstep
