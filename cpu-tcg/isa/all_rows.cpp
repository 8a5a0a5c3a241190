// The tables, parsed once.
#include <fmt/format.h>

#include <cstdio>
#include <vector>

#include "core/base/assert.h"
#include "cpu-tcg/isa/decoder.h"
#include "cpu-tcg/isa/row_parser.h"

namespace duet::tcg::isa {
namespace {

constexpr RowText kTexts[] = {
#define ROW(encoding, mnemonic, operands, attributes, feature, flags, sem) \
  {encoding, mnemonic, operands, attributes, Feature::feature, flags, #sem},
#include "cpu-tcg/isa/tables/all.inc"
#undef ROW
};

std::vector<Row> parseTables() {
  std::vector<Row> rows;
  rows.reserve(std::size(kTexts));
  for (const RowText& text : kTexts) {
    Result<Row> row = parseRow(text);
    if (!row) {
      fmt::print(stderr, "row {} {}: {}\n", text.encoding, text.mnemonic, row.error().message);
      DUET_ASSERT(row.has_value());
    }
    row->index = static_cast<u16>(rows.size());
    rows.push_back(*row);
  }
  return rows;
}

}  // namespace

std::span<const Row> allRows() {
  static const std::vector<Row> rows = parseTables();
  return rows;
}

}  // namespace duet::tcg::isa
