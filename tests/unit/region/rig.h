// Programs in flat 64-bit code with regions in sight.
#pragma once

#include "cpu-tcg/region/regions.h"
#include "tests/unit/baseline/rig.h"

namespace duet::test {

using tcg::baseline::HotCode;
using tcg::region::RegionOptions;
using tcg::region::Regions;

struct RegionSlot {
  Regions* regions = nullptr;
};

class RegionRig : public RegionSlot, public BaselineRig {
 public:
  explicit RegionRig(const RegionOptions& options = tcg::region::everything(), tcg::CodeSink* sink = nullptr,
                     bool alone = false)
      : BaselineRig({.threshold = 1,
                     .hot = [this, options](tcg::baseline::CodeStore& s) -> Result<std::unique_ptr<HotCode>> {
                       auto made = Regions::create(s, options);
                       if (made) regions = static_cast<Regions*>(made->get());
                       return made;
                     },
                     .sink = sink},
                    alone) {}
};

// Four linear pages from kData on, in another order in RAM and not beside each other: where an address of theirs lies.
inline u64 placeInRam(u64 linear) {
  const u64 page = (linear - kData) / kPageSize;
  return 0x300000 + (3 - page) * 2 * kPageSize + linear % kPageSize;
}
inline void mapApart(BaselineRig& m) {  // behind longMode()
  for (u64 page = 0; page < 4; ++page)
    m.putWord<u64>(0x14000 + 8 * page, placeInRam(kData + page * kPageSize) | 7);
}

}  // namespace duet::test
