// Vector instructions of regions: the host does them, as in blocks (baseline/lower_native.cpp).
#pragma once

#include "cpu-tcg/plan/plan.h"

namespace duet::tcg::region {

// Whether step.insn is such an instruction that may be used under a mode's key (baseline/mode_key.h); if so step.host says how it is done.
bool makeHostStep(Step& step, u32 modeKey, bool amd);

// Adds what the step needs.
void addUnits(Units& units, const Step& step);

}  // namespace duet::tcg::region
