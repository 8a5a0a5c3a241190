#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const Picker> multiBytePickers() {
  static constexpr Picker kPickers[] = {
#include "cpu-tcg/isa/tables/three_byte.inc"
#include "cpu-tcg/isa/tables/two_byte.inc"
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
