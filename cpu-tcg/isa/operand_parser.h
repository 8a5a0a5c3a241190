// Operand codes of the row language ("+Ev", "Rd/Mb", "=Vx", "sIb") to OperandSpec.
#pragma once

#include <string_view>

#include "core/base/result.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

Result<OperandSpec> parseOperand(std::string_view text);

}  // namespace duet::tcg::isa
