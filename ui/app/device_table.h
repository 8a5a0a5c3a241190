// The devices `-device` knows, with their properties; the board builds them.
#pragma once

#include <string>

#include "ui/app/options.h"

namespace duet::ui {

// Checks name and property names and fills in defaults; errors suggest the nearest name.
Result<DeviceOption> checkDevice(DeviceOption device);

std::string deviceHelp();                                 // `-device help`
std::string devicePropertyHelp(const std::string& name);  // `-device NAME,help`

}  // namespace duet::ui
