#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const RowPicker> oneBytePickers() {
  static constexpr RowPicker kPickers[] = {
  // clang-format off: the order of all.inc
#include "cpu-tcg/isa/tables/one_byte.inc"
      // clang-format on
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
