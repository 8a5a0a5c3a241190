#include "mmu/ram/ram_section.h"

#include <zstd.h>

#include <fmt/format.h>
#include <cstring>

#include "mmu/ram/used_memory.h"

namespace duet::mmu {
namespace {

// Little-endian: the block's size in bytes and how many bytes of pages follow; then, compressed, for each page its number (8
// bytes, ascending) and its bytes.
struct Header {
  u64 size;
  u64 length;
};
constexpr size_t kEntry = sizeof(u64) + kPageSize;
constexpr int kLevel = 1;  // zstd's quickest: snapshots wait for a person

std::string sectionName(const RamBlock& block) { return "ram:" + block.name; }

bool isZero(const u8* page) { return page[0] == 0 && std::memcmp(page, page + 1, kPageSize - 1) == 0; }

Result<std::vector<u8>> pagesInUse(const Ram& ram, const RamBlock& block) {
  const auto used = usedMemory(ram, block);
  if (!used) return tl::unexpected(used.error());
  std::vector<u8> pages;
  for (const UsedPiece& piece : *used)
    for (u64 page = piece.from / kPageSize; page < piece.to / kPageSize; ++page) {
      const u8* host = block.host + page * kPageSize;
      if (isZero(host)) continue;
      const size_t at = pages.size();
      pages.resize(at + kEntry);
      std::memcpy(&pages[at], &page, sizeof page);
      std::memcpy(&pages[at + sizeof page], host, kPageSize);
    }
  return pages;
}

Result<std::vector<u8>> unpack(const RamBlock& block, const SnapshotSection& section) {
  Header header{};
  if (section.data.size() < sizeof header)
    return fail("snapshot: the section of RAM '{}' is cut short", block.name);
  std::memcpy(&header, section.data.data(), sizeof header);
  if (header.size != block.size)
    return fail("snapshot: RAM '{}' has {} KiB there and {} KiB here; give the same -m", block.name,
                header.size >> 10, block.size >> 10);
  const u64 most = block.size / kPageSize * kEntry;
  if (header.length > most || header.length % kEntry != 0)
    return fail("snapshot: RAM '{}' has an impossible length", block.name);
  std::vector<u8> pages(header.length);
  const size_t got = ZSTD_decompress(pages.data(), pages.size(), section.data.data() + sizeof header,
                                     section.data.size() - sizeof header);
  if (ZSTD_isError(got) || got != header.length)
    return fail("snapshot: RAM '{}' does not unpack", block.name);
  u64 next = 0;
  for (size_t at = 0; at < pages.size(); at += kEntry) {
    u64 page;
    std::memcpy(&page, &pages[at], sizeof page);
    if (page < next || page >= block.size / kPageSize)
      return fail("snapshot: RAM '{}' has a page out of order or range", block.name);
    next = page + 1;
  }
  return pages;
}

// What a block becomes, checked, and what of it is in use now.
struct Change {
  std::vector<u8> pages;
  std::vector<UsedPiece> used;
};

void put(Ram& ram, const RamBlock& block, const Change& change) {
  for (const UsedPiece& piece : change.used) std::memset(block.host + piece.from, 0, piece.to - piece.from);
  for (size_t at = 0; at < change.pages.size(); at += kEntry) {
    u64 page;
    std::memcpy(&page, &change.pages[at], sizeof page);
    std::memcpy(block.host + page * kPageSize, &change.pages[at + sizeof page], kPageSize);
  }
  ram.noteWrite(block.host, block.size);
}

}  // namespace

Result<> saveRam(const Ram& ram, Snapshot& to) {
  for (const auto& block : ram.blocks()) {
    const auto pages = pagesInUse(ram, *block);
    if (!pages) return tl::unexpected(pages.error());
    const Header header{block->size, pages->size()};
    SnapshotSection section{sectionName(*block), 1, {}};
    section.data.resize(sizeof header + ZSTD_compressBound(pages->size()));
    std::memcpy(section.data.data(), &header, sizeof header);
    const size_t size =
        ZSTD_compress(section.data.data() + sizeof header, section.data.size() - sizeof header, pages->data(),
                      pages->size(), kLevel);
    if (ZSTD_isError(size))
      return fail("RAM '{}' cannot be packed: {}", block->name, ZSTD_getErrorName(size));
    section.data.resize(sizeof header + size);
    if (auto ok = to.add(std::move(section)); !ok) return ok;
  }
  return {};
}

Result<> loadRam(Ram& ram, const Snapshot& from) {
  std::vector<Change> all;
  for (const auto& block : ram.blocks()) {
    const SnapshotSection* section = from.find(sectionName(*block));
    if (!section) return fail("snapshot: it has no RAM '{}'", block->name);
    if (section->version != 1)
      return fail("snapshot: RAM '{}' has version {}, not known here", block->name, section->version);
    auto pages = unpack(*block, *section);
    if (!pages) return tl::unexpected(pages.error());
    auto used = usedMemory(ram, *block);
    if (!used) return tl::unexpected(used.error());
    all.push_back({std::move(*pages), std::move(*used)});
  }
  for (size_t i = 0; i < all.size(); ++i) put(ram, *ram.blocks()[i], all[i]);
  return {};
}

}  // namespace duet::mmu
