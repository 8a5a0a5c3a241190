// What of an object file is code to be copied somewhere.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/types.h"

namespace duet::tcg::region {

// The code of an ELF file of one function, which begins at 0, with the tables of jumps it has behind it, linked to each other:
// position-independent. Empty when it needs more than that.
std::vector<u8> codeOfObject(std::string_view object);

}  // namespace duet::tcg::region
