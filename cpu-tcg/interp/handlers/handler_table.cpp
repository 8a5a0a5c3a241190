#include "cpu-tcg/interp/handlers/handler_table.h"

#include "core/base/assert.h"
#include "cpu-tcg/interp/handlers/table_parts.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg::interp {
namespace {

#define ROW(...) +1
constexpr std::size_t kRows = 0
#include "cpu-tcg/isa/tables/all.inc"
    ;
#undef ROW

}  // namespace

Handler handlerFor(const isa::Insn& insn) {
  static const bool complete =
      oneBytePickers().size() + multiBytePickers().size() + vectorPickers().size() == kRows;
  DUET_ASSERT(complete);
  std::size_t index = insn.row->index;
  DUET_ASSERT(index < kRows);
  if (index < oneBytePickers().size()) return oneBytePickers()[index].pick(insn);
  index -= oneBytePickers().size();
  if (index < multiBytePickers().size()) return multiBytePickers()[index].pick(insn);
  return vectorPickers()[index - multiBytePickers().size()].pick(insn);
}

}  // namespace duet::tcg::interp
