#include "tools/diff/case/case_bytes.h"

#include <algorithm>
#include <ranges>

namespace duet::diff {
namespace {

bool holds(const Piece& p, u64 address) {
  return address >= p.address && address - p.address < p.bytes.size();
}

}  // namespace

std::optional<u8> byteAt(const Case& c, u64 address) {
  constexpr u64 kOffset = sizeof(PageBytes) - 1;
  for (const Piece& p : c.pieces | std::views::reverse)
    if (holds(p, address)) return p.bytes[address - p.address];
  const auto page = std::ranges::find(c.memory->pages, address & ~kOffset, &Page::address);
  if (page == c.memory->pages.end()) return std::nullopt;
  return page->bytes[address & kOffset];
}

std::vector<u8> bytesAt(const Case& c, u64 address, size_t most) {
  std::vector<u8> bytes;
  while (bytes.size() < most) {
    const auto byte = byteAt(c, address + bytes.size());
    if (!byte) break;
    bytes.push_back(*byte);
  }
  return bytes;
}

const Piece* codePiece(const Case& c) {
  const u64 start = codeAddress(c.start).value;
  const Piece* found = nullptr;
  for (const Piece& p : c.pieces)
    if (holds(p, start)) found = &p;
  return found;
}

}  // namespace duet::diff
