// The encoding column of a row ("66 0F 38 F6 /r", "VEX.128.66.0F38.W0 18 /r") to the Row's selector.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

Result<> parseEncoding(std::string_view text, Row& row);

}  // namespace duet::tcg::isa
