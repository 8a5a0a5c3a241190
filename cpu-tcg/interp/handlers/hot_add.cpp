// ADD, ADC, SUB, SBB.
#include "cpu-tcg/interp/handlers/hot.h"
#include "cpu-tcg/sem/arithmetic.h"

namespace duet::tcg::interp {

Handler Hot<sem::Add>::pick(const isa::Insn& insn) { return pickTwo<sem::Add, kTwoOperands>(insn); }
Handler Hot<sem::Adc>::pick(const isa::Insn& insn) { return pickTwo<sem::Adc, kTwoOperands>(insn); }
Handler Hot<sem::Sub>::pick(const isa::Insn& insn) { return pickTwo<sem::Sub, kTwoOperands>(insn); }
Handler Hot<sem::Sbb>::pick(const isa::Insn& insn) { return pickTwo<sem::Sbb, kTwoOperands>(insn); }

}  // namespace duet::tcg::interp
