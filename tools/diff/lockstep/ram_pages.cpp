#include "tools/diff/lockstep/ram_pages.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "mmu/ram/guest_copy.h"
#include "mmu/ram/used_memory.h"

namespace duet::diff::lockstep {
namespace {

// Calls f(block number, byte offset) for every page.
template <class F>
void forEachPage(const PageSet& pages, F&& f) {
  const auto blocks = pages.blocks();
  for (unsigned b = 0; b < blocks.size(); ++b)
    for (const u64 page : blocks[b]) f(b, page * kPageSize);
}

}  // namespace

void PageSet::add(mmu::Ram& ram) {
  const auto blocks = ram.blocks();
  blocks_.resize(std::max(blocks_.size(), blocks.size()));
  for (unsigned i = 0; i < blocks.size(); ++i) ram.takeDirtyPages(*blocks[i], blocks_[i]);
}

void PageSet::add(const PageSet& other) {
  blocks_.resize(std::max(blocks_.size(), other.blocks_.size()));
  for (unsigned i = 0; i < other.blocks_.size(); ++i)
    blocks_[i].insert(blocks_[i].end(), other.blocks_[i].begin(), other.blocks_[i].end());
}

void PageSet::tidy() {
  for (std::vector<u64>& pages : blocks_) {
    std::ranges::sort(pages);
    pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
  }
}

void PageSet::clear() {
  for (std::vector<u64>& pages : blocks_) pages.clear();
}

size_t PageSet::size() const {
  size_t n = 0;
  for (const std::vector<u64>& pages : blocks_) n += pages.size();
  return n;
}

bool sameBytes(const mmu::Ram& a, const mmu::Ram& b, const PageSet& pages) {
  bool same = true;
  forEachPage(pages, [&](unsigned block, u64 offset) {
    same = same &&
           std::memcmp(a.blocks()[block]->host + offset, b.blocks()[block]->host + offset, kPageSize) == 0;
  });
  return same;
}

std::vector<ByteDifference> differentBytes(const mmu::Ram& left, const mmu::Ram& right, const PageSet& pages,
                                           size_t most) {
  std::vector<ByteDifference> found;
  forEachPage(pages, [&](unsigned block, u64 offset) {
    const u8* l = left.blocks()[block]->host + offset;
    const u8* r = right.blocks()[block]->host + offset;
    for (u64 i = 0; i < kPageSize && found.size() < most; ++i)
      if (l[i] != r[i]) found.push_back({{block, offset + i}, l[i], r[i]});
  });
  return found;
}

void copyPages(const mmu::Ram& from, mmu::Ram& to, const PageSet& pages) {
  forEachPage(pages, [&](unsigned block, u64 offset) {
    u8* host = to.blocks()[block]->host + offset;
    mmu::copyToGuest(host, from.blocks()[block]->host + offset, kPageSize);
    to.noteWrite(host, kPageSize);
    to.takeDirty(to.pageIndex(host));
  });
}

Result<> copyAll(const mmu::Ram& from, mmu::Ram& to) {
  for (unsigned i = 0; i < from.blocks().size(); ++i) {
    const RamBlock& source = *from.blocks()[i];
    const RamBlock& target = *to.blocks()[i];
    if (fallocate(to.memfd(target), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0,
                  static_cast<off_t>(target.size)) != 0)
      return fail("cannot empty guest memory: {}", errnoText(errno));
    const auto used = mmu::usedMemory(from, source);
    if (!used) return tl::unexpected(used.error());
    for (const mmu::UsedPiece& piece : *used)
      mmu::copyToGuest(target.host + piece.from, source.host + piece.from, piece.to - piece.from);
    to.noteWrite(target.host, target.size);
    std::vector<u64> dirty;
    to.takeDirtyPages(target, dirty);
  }
  return {};
}

}  // namespace duet::diff::lockstep
