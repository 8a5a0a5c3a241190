#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const Picker> vectorPickers() {
  static constexpr Picker kPickers[] = {
#include "cpu-tcg/isa/tables/mmx.inc"
#include "cpu-tcg/isa/tables/vector_avx.inc"
#include "cpu-tcg/isa/tables/vector_sse.inc"
#include "cpu-tcg/isa/tables/x87.inc"
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
