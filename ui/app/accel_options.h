// What -accel and -overcommit say.
#pragma once

#include <string_view>

#include "ui/app/options.h"

namespace duet::ui {

Result<> applyAccel(ParseOutcome& outcome, std::string_view value);
Result<> applyOvercommit(ParseOutcome& outcome, std::string_view value);
// Of -machine and -accel: `option` is named in errors.
Result<> setKernelIrqchip(AccelOption& accel, std::string_view option, const std::string& value);

}  // namespace duet::ui
