// Runs one case on one engine.
#pragma once

#include <string>

#include "tests/contract/engine/engine_rig.h"
#include "tests/guest/runner/case_file.h"

namespace duet::test {

struct CaseResult {
  std::string differences;  // empty: as expected
  std::string skipped;      // why it could not run here
};

CaseResult runCase(const GuestCase& guestCase, const std::string& programPath, const EngineFactory& factory);

}  // namespace duet::test
