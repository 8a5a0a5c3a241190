// Registers by the names that listings give them.
#pragma once

#include <string_view>

#include "tools/diff/decode/reading.h"

namespace duet::diff {

// Set None: no register that the guest model knows.
RegisterName registerByName(std::string_view name);

}  // namespace duet::diff
