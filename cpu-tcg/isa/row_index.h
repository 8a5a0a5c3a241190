// Which rows an opcode byte can mean, by map and mandatory prefix.
#pragma once

#include <span>
#include <vector>

#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

// What stood before the opcode: the row selectors' order. F2 and F3 beat 66; the last of them wins.
enum class PrefixClass : u8 { None, P66, PF3, PF2 };

// What is known of an instruction and of who decodes it, as far as a row may refuse it.
enum Fact : u16 {
  kIn64 = 1,
  kNotIn64 = 2,
  kUnprotected = 4,  // real or virtual-8086 mode
  kOnAmd = 8,
  kW0 = 16,  // and kW1: REX.W or VEX.W
  kW1 = 32,
  kL0 = 64,
  kL1 = 128,
  kB0 = 256,
  kB1 = 512,
  kOnMemory = 1024,  // by ModRM
  kOnRegister = 2048,
};

// All that choosing a row takes, in few bytes: the rows themselves are many cache lines.
struct Selector {
  u16 row;      // Row::index
  u16 refuses;  // Fact bits
  u8 modrmMask, modrmValue;
  bool hasModrm;
  Feature feature;
};
static_assert(sizeof(Selector) == 8);

class RowIndex {
 public:
  explicit RowIndex(std::span<const Row> rows);

  // Of the rows of this opcode, in the order they are tried: a row with a mandatory prefix before one without.
  std::span<const Selector> find(bool vex, Map map, u8 opcode, PrefixClass prefix) const {
    const Range& r = ranges_[slot(vex, map, opcode, prefix)];
    return {selectors_.data() + r.first, r.count};
  }
  const Row& rowOf(const Selector& selector) const { return rows_[selector.row]; }

 private:
  struct Range {
    u16 first = 0;
    u16 count = 0;
  };

  static constexpr size_t kSlots = size_t{2} * 4 * 4 * 256;
  static size_t slot(bool vex, Map map, u8 opcode, PrefixClass prefix) {
    return ((size_t{vex} * 4 + static_cast<size_t>(map)) * 4 + static_cast<size_t>(prefix)) * 256 + opcode;
  }

  const Row* rows_;
  std::vector<Range> ranges_;
  std::vector<Selector> selectors_;
};

// The index of allRows(), built at first use.
const RowIndex& rowIndex();

}  // namespace duet::tcg::isa
