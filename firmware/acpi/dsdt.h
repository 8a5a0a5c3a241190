// The DSDT: the machine's device tree in AML.
#pragma once

#include <vector>

#include "firmware/acpi/acpi_config.h"

namespace duet::firmware {

// The table's body (what follows the 36-byte header).
std::vector<u8> dsdtBody(const AcpiConfig& config);

}  // namespace duet::firmware
