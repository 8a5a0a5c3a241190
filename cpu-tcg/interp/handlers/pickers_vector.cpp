#include "cpu-tcg/interp/handlers/row_picker.h"

namespace duet::tcg::interp {

std::span<const RowPicker> vectorPickers() {
  static constexpr RowPicker kPickers[] = {
  // clang-format off: the order of all.inc
#include "cpu-tcg/isa/tables/x87.inc"
#include "cpu-tcg/isa/tables/mmx.inc"
#include "cpu-tcg/isa/tables/vector_sse.inc"
#include "cpu-tcg/isa/tables/vector_avx.inc"
      // clang-format on
  };
  return kPickers;
}

}  // namespace duet::tcg::interp
