// Segment register loads in every mode.
#pragma once

#include "cpu-tcg/helpers/descriptor.h"

namespace duet::tcg {

// What loading `seg` with `selector` would give, after all checks; raises without changing registers. Marks the
// descriptor accessed.
SegmentRegister checkedSegment(Context& ctx, isa::SegReg seg, u16 selector);
// Real-address and virtual-8086 forms.
SegmentRegister realModeSegment(const Context& ctx, const SegmentRegister& before, u16 selector);
// SS for a return to, or a gate into, privilege level `cpl`: `vector` for a bad one, #SS when not present.
SegmentRegister checkedStackSegment(Context& ctx, u16 selector, unsigned cpl, Exception vector, bool ext);
// After a return to an outer level: data segments it may not see become null.
void dropInnerSegments(Context& ctx);

}  // namespace duet::tcg
