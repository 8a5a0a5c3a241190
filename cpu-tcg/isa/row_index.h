// Which rows an opcode byte can mean, by map and mandatory prefix.
#pragma once

#include <span>
#include <vector>

#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

// What stood before the opcode: the row selectors' order. F2 and F3 beat 66; the last of them wins.
enum class PrefixClass : u8 { None, P66, PF3, PF2 };

class RowIndex {
 public:
  explicit RowIndex(std::span<const Row> rows);

  // Rows of this opcode in the order they are tried: a row with a mandatory prefix before one without.
  std::span<const Row* const> find(bool vex, Map map, u8 opcode, PrefixClass prefix) const {
    const Range& r = ranges_[slot(vex, map, opcode, prefix)];
    return {candidates_.data() + r.first, r.count};
  }

 private:
  struct Range {
    u16 first = 0;
    u16 count = 0;
  };

  static constexpr size_t kSlots = size_t{2} * 4 * 256 * 4;
  static size_t slot(bool vex, Map map, u8 opcode, PrefixClass prefix) {
    return ((size_t{vex} * 4 + static_cast<size_t>(map)) * 256 + opcode) * 4 + static_cast<size_t>(prefix);
  }

  std::vector<Range> ranges_;
  std::vector<const Row*> candidates_;
};

// The index of allRows(), built at first use.
const RowIndex& rowIndex();

}  // namespace duet::tcg::isa
