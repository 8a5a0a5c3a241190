// `-rtc base=…`: which time the real-time clock shows at power-on.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::hw {

// "utc", "localtime", "YYYY-MM-DD" or "YYYY-MM-DDTHH:MM:SS" → seconds since 1970 as the guest's calendar
// shall show them.
Result<i64> rtcBaseSeconds(std::string_view base);

}  // namespace duet::hw
