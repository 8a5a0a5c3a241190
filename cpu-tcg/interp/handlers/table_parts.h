// The handler table in pieces, one translation unit each, in the order of cpu-tcg/isa/tables/all.inc.
#pragma once

#include <span>

#include "cpu-tcg/interp/handlers/handler_table.h"

namespace duet::tcg::interp {

struct RowPicker {
  Handler (*pick)(const isa::Insn&);
  const char* sem;  // the row's Sem column
};

std::span<const RowPicker> oneBytePickers();
std::span<const RowPicker> multiBytePickers();
std::span<const RowPicker> vectorPickers();

}  // namespace duet::tcg::interp
