// Parsers of single option values (those with a grammar of their own).
#pragma once

#include <string_view>

#include "ui/app/options.h"

namespace duet::ui {

Result<> applyMemory(ParseOutcome& outcome, std::string_view value);
Result<> applySmp(ParseOutcome& outcome, std::string_view value);
Result<> applyMachine(ParseOutcome& outcome, std::string_view value);
Result<> applyDevice(ParseOutcome& outcome, std::string_view value);
Result<> applyDisplay(ParseOutcome& outcome, std::string_view value);
Result<> applyGdb(ParseOutcome& outcome, std::string_view value);
Result<> applyDefaultGdb(ParseOutcome& outcome, std::string_view);
Result<> applyRtc(ParseOutcome& outcome, std::string_view value);
Result<> applyName(ParseOutcome& outcome, std::string_view value);

}  // namespace duet::ui
