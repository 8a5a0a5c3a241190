#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const RowPicker> multiBytePickers() {
  static constexpr RowPicker kPickers[] = {
  // clang-format off: the order of all.inc
#include "cpu-tcg/isa/tables/two_byte.inc"
#include "cpu-tcg/isa/tables/three_byte.inc"
      // clang-format on
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
