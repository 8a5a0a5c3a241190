// Features read off a CPUID table, whoever answers.
#pragma once

#include <functional>

#include "core/cpu/cpu_model.h"

namespace duet {

// The features whose bits `cpuid(leaf, subleaf)` shows. It answers zeros for leaves it lacks.
FeatureSet featuresShown(const std::function<CpuidResult(u32 leaf, u32 subleaf)>& cpuid);

}  // namespace duet
