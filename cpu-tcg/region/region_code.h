// Host code around a compiled region: in from compiled blocks, and out to them.
#pragma once

#include "cpu-tcg/baseline/block_emitter.h"
#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

struct NamedPage {
  u64 linear;
  u32 name;  // baseline/page_names.h
  bool operator==(const NamedPage&) const = default;
};

// Where the parts of a region's code lie.
struct RegionPlace {
  u64 address = 0;    // of the code to be made
  u64 fallback = 0;   // the block's own code, for when the region cannot run
  u64 page = 0;       // RAM page of its first block
  u64 rip = 0;        // where it begins
  bool user = false;  // it is code of level 3
  u32 number = 0;     // RegionFrame::runs
  std::vector<NamedPage> others =
      {};  // what the code TLB must have for the region to begin, beside the first page
  std::vector<Guard> guards = {};
  Units units = {};
};

// The region itself, and what leads into it and out of it, to be put at `place.address`, where it is entered as a block is. Empty
// when the assembler failed.
std::vector<u8> wrapRegion(const baseline::EmitterSetup& setup, const Code& code, const RegionPlace& place);

}  // namespace duet::tcg::region
