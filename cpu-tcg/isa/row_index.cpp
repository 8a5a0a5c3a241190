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

// `bit` says of a field whether a row demands 0 or 1 of it, or neither.
u16 refusal(i8 bit, Fact zero, Fact one) { return bit < 0 ? u16{0} : bit ? u16{zero} : u16{one}; }

u16 refusals(const Row& row) {
  unsigned facts = refusal(row.w, kW0, kW1) | refusal(row.l, kL0, kL1) | refusal(row.rexB, kB0, kB1);
  if (row.has(kAttrI64)) facts |= kIn64;
  if (row.has(kAttrO64)) facts |= kNotIn64;
  if (row.has(kAttrProt)) facts |= kUnprotected;
  if (row.has(kAttrIntel)) facts |= kOnAmd;
  if (row.modIgnored) return static_cast<u16>(facts);
  if (row.modrm == ModrmRule::Memory) facts |= kOnRegister;
  if (row.modrm == ModrmRule::Register) facts |= kOnMemory;
  return static_cast<u16>(facts);
}

Selector selectorOf(const Row& row) {
  Selector s{row.index, refusals(row), 0, 0, row.modrm != ModrmRule::Absent, row.feature};
  const auto demand = [&](i8 value, unsigned shift) {
    if (value < 0 || row.modIgnored) return;
    s.modrmMask = static_cast<u8>(s.modrmMask | 7 << shift);
    s.modrmValue = static_cast<u8>(s.modrmValue | value << shift);
  };
  demand(row.modrmReg, 3);
  demand(row.modrmRm, 0);
  return s;
}

}  // namespace

RowIndex::RowIndex(std::span<const Row> rows) : rows_(rows.data()), ranges_(kSlots) {
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
  selectors_.resize(total);
  for (int wanted = 0; wanted < 2; ++wanted)
    for (const Row& row : rows)
      forEachPlace(row, [&](u8 opcode, PrefixClass prefix) {
        if (rank(row.prefix, prefix) != wanted) return;
        Range& r = ranges_[slot(row.vex, row.map, opcode, prefix)];
        selectors_[r.first + r.count++] = selectorOf(row);
      });
}

const RowIndex& rowIndex() {
  static const RowIndex index(allRows());
  return index;
}

}  // namespace duet::tcg::isa
