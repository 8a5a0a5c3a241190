#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const Picker> oneBytePickers() {
  static constexpr Picker kPickers[] = {
#include "cpu-tcg/isa/tables/one_byte.inc"
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
