#include "cpu-tcg/baseline/mode_key.h"

namespace duet::tcg::baseline {
namespace {

// Present, of all 4 GiB, from 0 (SDM vol. 3 3.4.5).
bool spansAll(const SegmentRegister& s) {
  return s.base == 0 && s.limit == 0xffffffff && (s.attributes & (kSegPresent | kSegUnusable)) == kSegPresent;
}

// Data that expands up and may be written.
bool isPlainData(const SegmentRegister& s) { return spansAll(s) && (s.attributes & 0xe) == 2; }

}  // namespace

bool isFlat(const Context& ctx) {
  const auto& segment = ctx.arch.segment;
  return spansAll(segment[isa::kCs]) && isPlainData(segment[isa::kSs]) && isPlainData(segment[isa::kDs]) &&
         isPlainData(segment[isa::kEs]);
}

}  // namespace duet::tcg::baseline
