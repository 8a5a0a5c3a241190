// A lock step's result for people and programs.
#pragma once

#include <string>

#include "tools/diff/lockstep/lockstep_backend.h"

namespace duet::diff::lockstep {

struct ReportNames {
  std::string left, right;
};

// Steps, rates and the slow-down beside the left engine alone.
std::string summaryText(const LockstepReport& report, const ReportNames& names);
// The instruction; of every value that a side changed or they disagree about: before, left and right, a star where they
// differ; memory likewise.
std::string differenceText(const FirstDifference& d, const Decoder& decoder, const ReportNames& names);
std::string reportJson(const LockstepReport& report, const ReportNames& names, const std::string& end);

}  // namespace duet::diff::lockstep
