// Whether two outcomes of one case are the same, and where not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/diff/case/case.h"

namespace duet::diff {

// One differing value. `field`: of state_fields.h, but RFLAGS by single flags ("flags.of"); or "ending", "exception",
// "error code", or "memory ADDRESS".
struct Difference {
  std::string field;
  std::string left, right;
  bool operator==(const Difference&) const = default;
};

std::string_view endingName(Ending e);

// False when one of the engines could not run it: then nothing is known.
bool comparable(const Outcome& left, const Outcome& right);

// Of comparable outcomes; quick. Where steps ran out on both sides, they are the same: engines count differently.
// User worlds compare what user code and its exception handler can see:
//  - x87, SSE and AVX values that are initial are the same whether the processor marks them so or not;
//  - of an error code of a page fault above the user half, not the P bit: what lies there is the engine's own;
//  - x87 pointers (FOP, FIP, FDP) only while an unmasked exception is pending: else AMD's processors do not tell them;
//  - of null selectors, not which;
//  - nothing of DR6: no user handler is told.
// The system world compares every value of the state, but those that count time and instructions; after a shutdown memory
// alone, since what is left of a processor then no manual says. Where both ended in a handler of the stage
// (system_stage.h), the frame is told by "exception", "error code" and "pushed.rf" and such.
bool same(const Case& in, const Outcome& left, const Outcome& right);

std::vector<Difference> differences(const Case& in, const Outcome& left, const Outcome& right);

// The state as it is compared: what does not count is set alike.
CpuState comparedState(World world, const CpuState& state);

}  // namespace duet::diff
