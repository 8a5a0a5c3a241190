#include "cpu-tcg/isa/row_index.h"

#include "cpu-tcg/isa/decoder.h"

namespace duet::tcg::isa {
namespace {

// Rows that need exactly this prefix come first; an unprefixed row takes any.
int rank(MandatoryPrefix rule, PrefixClass prefix) {
  if (rule == MandatoryPrefix::Any) return 1;
  const bool match = (rule == MandatoryPrefix::None && prefix == PrefixClass::None) ||
                     (rule == MandatoryPrefix::P66 && prefix == PrefixClass::P66) ||
                     (rule == MandatoryPrefix::PF3 && prefix == PrefixClass::PF3) ||
                     (rule == MandatoryPrefix::PF2 && prefix == PrefixClass::PF2);
  return match ? 0 : -1;
}

template <class Visit>
void forEachPlace(const Row& row, Visit visit) {
  const unsigned opcodes = row.opcodeReg ? 8 : 1;
  for (unsigned i = 0; i < opcodes; ++i)
    for (unsigned p = 0; p < 4; ++p) visit(static_cast<u8>(row.opcode + i), static_cast<PrefixClass>(p));
}

}  // namespace

RowIndex::RowIndex(std::span<const Row> rows) : ranges_(kSlots) {
  // Counting sort: count each slot, lay the slots out, then fill by rank.
  for (const Row& row : rows)
    forEachPlace(row, [&](u8 opcode, PrefixClass prefix) {
      if (rank(row.prefix, prefix) >= 0) ++ranges_[slot(row.vex, row.map, opcode, prefix)].count;
    });
  u16 total = 0;
  for (Range& r : ranges_) {
    r.first = total;
    total = static_cast<u16>(total + r.count);
    r.count = 0;
  }
  candidates_.resize(total);
  for (int wanted = 0; wanted < 2; ++wanted)
    for (const Row& row : rows)
      forEachPlace(row, [&](u8 opcode, PrefixClass prefix) {
        if (rank(row.prefix, prefix) != wanted) return;
        Range& r = ranges_[slot(row.vex, row.map, opcode, prefix)];
        candidates_[r.first + r.count++] = &row;
      });
}

const RowIndex& rowIndex() {
  static const RowIndex index(allRows());
  return index;
}

}  // namespace duet::tcg::isa
