#include "tests/unit/mmu/page_tables.h"

#include <gtest/gtest.h>

namespace duet::mmu::test {

Memory::Memory() {
  const auto block = ram.addBlock("ram", 16_MiB);
  EXPECT_TRUE(block);
  block_ = *block;
  EXPECT_TRUE(physical.mapRam({.name = "ram", .base = 0, .size = 16_MiB}, *block_, 0, true));
}

MappedPage::MappedPage(Memory& m, PagingMode mode, u64 pageSize) : memory(m) {
  state.mode = mode;
  state.physicalBits = 40;
  state.pse = true;
  const bool legacy = mode == PagingMode::Bits32;
  width = legacy ? 4 : 8;
  const unsigned indexBits = legacy ? 10 : 9;
  unsigned level = mode == PagingMode::Level5 ? 5 : mode == PagingMode::Level4 ? 4 : 2;
  unsigned leafLevel = 1;
  while ((u64{1} << (12 + indexBits * (leafLevel - 1))) < pageSize) ++leafLevel;

  linear = mode >= PagingMode::Level4 ? 0x0000'5a5a'b6c0'0000 : 0xb6c0'0000;
  if (mode == PagingMode::Level5) linear |= u64{0x55} << 48;
  if (pageSize == 4096) linear |= 0x5a000;
  page = 0xc0'4000'0000 + (pageSize == 4096 ? 0x123000 : 0);  // above 4 GiB, aligned to 1 GiB
  if (legacy) page = pageSize == 4096 ? 0xc012'3000 : 0xc0'c000'0000;

  u64 table = 0x10000;
  state.cr3 = table;
  if (mode == PagingMode::Pae) state.pdpte[(linear >> 30) & 3] = table | kP;
  for (;; --level) {
    const u64 index = (linear >> (12 + indexBits * (level - 1))) & ((1u << indexBits) - 1);
    entries.push_back({table + index * width, level});
    if (level == leafLevel) break;
    table += 0x1000;
    setEntry(entries.size() - 1, table | kP | kRw | kUs);
  }
  u64 value = page | kP | kRw | kUs | (leafLevel > 1 ? kPs : 0);
  // PSE-36: address bits 39:32 stand in entry bits 20:13 (SDM vol. 3 table 4-4).
  if (legacy && leafLevel == 2) value = (page & 0xffc00000) | ((page >> 32) << 13) | kP | kRw | kUs | kPs;
  setEntry(leaf(), value);
}

bool MappedPage::anyBit(u64 mask) const {
  for (size_t i = 0; i < entries.size(); ++i)
    if (entry(i) & mask) return true;
  return false;
}

std::vector<Shape> allShapes() {
  return {{PagingMode::Bits32, 4_KiB}, {PagingMode::Bits32, 4_MiB}, {PagingMode::Pae, 4_KiB},
          {PagingMode::Pae, 2_MiB},    {PagingMode::Level4, 4_KiB}, {PagingMode::Level4, 2_MiB},
          {PagingMode::Level4, 1_GiB}, {PagingMode::Level5, 4_KiB}, {PagingMode::Level5, 2_MiB},
          {PagingMode::Level5, 1_GiB}};
}

const char* modeName(PagingMode mode) {
  switch (mode) {
    case PagingMode::None:
      return "none";
    case PagingMode::Bits32:
      return "32-bit";
    case PagingMode::Pae:
      return "PAE";
    case PagingMode::Level4:
      return "4-level";
    case PagingMode::Level5:
      return "5-level";
  }
  return "?";
}

}  // namespace duet::mmu::test
