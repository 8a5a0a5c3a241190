// Internal to AddressSpace: what was placed, and how placements become a flat, ordered view.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/bus/address_space.h"

namespace duet::bus_detail {

// One placement. RAM/ROM when `block` is set, I/O when `handler` is set, else an alias of
// [offset, offset + size) of the same space.
struct Region {
  AddressSpace::Placement where;
  MappingKind kind = MappingKind::Hole;
  bool isAlias = false;
  const RamBlock* block = nullptr;
  IoHandler* handler = nullptr;
  unsigned range = 0;
  u64 offset = 0;  // RAM: in the block; alias: target address
};

Result<> checkPlacement(const std::string& space, u64 spaceSize, const Region& region);

// Fails with a message naming both when two enabled regions of one priority overlap.
Result<std::vector<Mapping>> flatten(const std::string& space, u64 spaceSize,
                                     const std::map<MapId, Region>& regions);

// The part of `mapping` that lies in `window`; both hold one address in common.
Mapping clip(const Mapping& mapping, const Mapping& window);

// What of `ranges` lies outside all of `pieces`; everything ascending.
std::vector<AddressRange> uncovered(const std::vector<AddressRange>& ranges,
                                    const std::vector<Mapping>& pieces);

bool sameMappings(const std::vector<Mapping>& a, const std::vector<Mapping>& b);

}  // namespace duet::bus_detail
