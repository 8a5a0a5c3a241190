// Coverage seen row by row.
#pragma once

#include <bitset>

#include "tools/diff/generate/coverage.h"

namespace duet::diff {

struct Coverage::RowView {
  const tcg::isa::Row* row = nullptr;
  bool user = false;
  std::vector<u64> forms;  // plain keys, sorted: what the tables call for
  struct Seen {
    u64 count = 0;
    std::bitset<64> endings;
    std::vector<u64> forms;  // those of `forms` that were reached
    std::bitset<8> prefixes;
    bool reached() const { return count != 0; }
    bool completed() const { return endings.test(kDone); }
  };
  std::array<Seen, kMostWitnesses> seen;
};

}  // namespace duet::diff
