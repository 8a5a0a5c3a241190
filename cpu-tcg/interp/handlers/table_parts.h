// The handler table in pieces, one translation unit each, in the order of cpu-tcg/isa/tables/all.inc.
#pragma once

#include <span>

#include "cpu-tcg/interp/handlers/handler_table.h"

namespace duet::tcg::interp {

using Picker = Handler (*)(const isa::Insn&);

std::span<const Picker> oneBytePickers();
std::span<const Picker> multiBytePickers();
std::span<const Picker> vectorPickers();

}  // namespace duet::tcg::interp
