// CPU features that gate instruction rows. The machine's CPU model (core/cpu) fills a FeatureSet.
#pragma once

#include "core/cpu/feature.h"

namespace duet::tcg::isa {
using duet::Feature;
using duet::FeatureSet;
}  // namespace duet::tcg::isa
