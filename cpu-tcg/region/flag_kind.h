// How compiled regions leave the guest's flags: as the operation that makes them and its operands. Whoever goes on has the host
// carry it out (region_thunks).
#pragma once

#include "core/base/types.h"

namespace duet::tcg::region {

// Operation, in this order four times for 8, 16, 32 and 64 bits. Of operands a, b, and a carry c (0 or 1).
enum class FlagOp : u8 {
  Add,    // a + b
  Sub,    // a - b
  Adc,    // a + b + c
  Sbb,    // a - b - c
  Inc,    // a + 1, CF is c
  Dec,    // a - 1, CF is c
  Logic,  // a & a
};
inline constexpr unsigned kFlagOps = 7;

// 0: a holds the flags themselves, as LAHF and SETO AL leave them; else 1 + width * kFlagOps + operation.
constexpr u64 flagKind(FlagOp op, unsigned width) {
  const unsigned log = width == 8 ? 0 : width == 16 ? 1 : width == 32 ? 2 : 3;
  return 1 + log * kFlagOps + static_cast<unsigned>(op);
}
inline constexpr u64 kFlagsThemselves = 0;
// And `over`: single flags that are otherwise, where LAHF and SETO AL put them; a mask of them lies this many bits higher.
inline constexpr unsigned kOverMaskShift = 16;
inline constexpr unsigned kFlagKinds = 1 + 4 * kFlagOps;

}  // namespace duet::tcg::region
