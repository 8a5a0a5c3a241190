// A vCPU that knows it is alone with the guest's memory.
#pragma once

#include <deque>

#include "cpu-tcg/interp/compiled_tier.h"

namespace duet::test {

// VcpuEnv::alone of the vCPU that a tier is about to be made for.
inline void beAlone(const tcg::TierPlace& place) {
  static std::deque<VcpuEnv> all;  // each outlives its vCPU
  VcpuEnv& env = all.emplace_back(*place.ctx.env);
  env.alone = true;
  place.ctx.env = &env;
}

}  // namespace duet::test
