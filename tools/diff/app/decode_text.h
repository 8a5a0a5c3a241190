// What a comparison of decoders found, for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tools/diff/decode/decode_run.h"

namespace duet::diff {

// By source of strings.
struct DecodeReport {
  std::vector<std::pair<std::string, DecodeSummary>> parts;
  bool hasFindings() const;
};

std::string progressText(std::string_view part, u64 done, u64 all);
std::string reportText(const DecodeReport& report, const std::vector<KnownDecode>& known, u64 mostFindings);
std::string reportJson(const DecodeReport& report, const std::vector<KnownDecode>& known);
std::string describe(const OurReading& ours);

}  // namespace duet::diff
