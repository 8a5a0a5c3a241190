// What a run found, for people and for programs.
#pragma once

#include <string>

#include "tools/diff/session/session.h"

namespace duet::diff {

struct EngineNames {
  std::string left, right;
  std::string leftProcessor, rightProcessor;
};

// "1.2 M instructions, 85 k/s, 0 kinds of difference".
std::string progressText(const Summary& s);
std::string summaryText(const Summary& s, const EngineNames& names);
std::string findingText(const Finding& f, const Decoder& decoder, const EngineNames& names);
std::string summaryJson(const Summary& s, const EngineNames& names);

// The second run's figures added to the first's; kinds that both found are one.
void add(Summary& to, Summary&& more);

}  // namespace duet::diff
