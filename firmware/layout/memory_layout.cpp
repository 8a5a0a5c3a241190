#include "firmware/layout/memory_layout.h"

#include <algorithm>

#include "firmware/layout/byte_writer.h"

namespace duet::firmware {
namespace {

u64 endOf(const MemoryRange& range) { return range.base + range.size; }

void cut(std::vector<MemoryRange>& ram, const MemoryRange& hole) {
  std::vector<MemoryRange> left;
  for (const MemoryRange& r : ram) {
    if (endOf(hole) <= r.base || endOf(r) <= hole.base) {
      left.push_back(r);
      continue;
    }
    if (r.base < hole.base) left.push_back({r.base, hole.base - r.base, r.type});
    if (endOf(hole) < endOf(r)) left.push_back({endOf(hole), endOf(r) - endOf(hole), r.type});
  }
  ram = std::move(left);
}

}  // namespace

std::vector<MemoryRange> memoryMap(const MemoryLayout& layout) {
  std::vector<MemoryRange> map;
  if (layout.lowRam) map.push_back({0, layout.lowRam, MemoryType::Ram});
  if (layout.highRam) map.push_back({4_GiB, layout.highRam, MemoryType::Ram});
  for (const MemoryRange& hole : layout.holes) cut(map, hole);
  for (const MemoryRange& range : layout.reserved)
    if (range.size) cut(map, range);
  for (const MemoryRange& range : layout.reserved)
    if (range.size) map.push_back(range);
  std::sort(map.begin(), map.end(), [](const auto& a, const auto& b) { return a.base < b.base; });
  return map;
}

bool isUsableRam(const MemoryLayout& layout, u64 base, u64 size) {
  if (base + size < base) return false;
  for (const MemoryRange& range : memoryMap(layout))
    if (range.type == MemoryType::Ram && base >= range.base && base + size <= endOf(range)) return true;
  return false;
}

std::vector<u8> encodeMemoryMap(const std::vector<MemoryRange>& map) {
  ByteWriter out;
  for (const MemoryRange& range : map) {
    out.u64le(range.base);
    out.u64le(range.size);
    out.u32le(static_cast<u32>(range.type));
  }
  return out.take();
}

}  // namespace duet::firmware
