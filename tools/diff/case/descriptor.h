// Segment descriptors as memory has them (SDM vol. 3 3.4.5).
#pragma once

#include "core/cpu/cpu_state.h"

namespace duet::diff {

// `attributes`: as SegmentRegister has them, G and B included; `limit`: 20 bits, in the unit that G says.
constexpr u64 descriptor(u32 base, u32 limit, u32 attributes) {
  return (u64{limit} & 0xffff) | (u64{base} & 0xffffff) << 16 | u64{attributes} << 40 |
         (u64{limit} >> 16 & 0xf) << 48 | u64{base >> 24} << 56;
}

// What loading it puts into a segment register.
SegmentRegister loadedSegment(u16 selector, u64 descriptor);

}  // namespace duet::diff
