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
  explicit RegionRig(const RegionOptions& options = tcg::region::everything(), tcg::CodeSink* sink = nullptr)
      : BaselineRig({.threshold = 1,
                     .hot = [this, options](tcg::baseline::CodeStore& s) -> Result<std::unique_ptr<HotCode>> {
                       auto made = Regions::create(s, options);
                       if (made) regions = static_cast<Regions*>(made->get());
                       return made;
                     },
                     .sink = sink}) {}
};

}  // namespace duet::test
