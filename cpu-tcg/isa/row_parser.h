// Text of a ROW(...) to Row. The row language is described in row.h.
#pragma once

#include "core/base/result.h"
#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

// The arguments of ROW as written. The strings must outlive the Row (it keeps the pointers).
struct RowText {
  const char* encoding;
  const char* mnemonic;
  const char* operands;
  const char* attributes;
  Feature feature;
  const char* flags;
  const char* sem;
};

// The error names the offending word; the caller adds the row.
Result<Row> parseRow(const RowText& text);

}  // namespace duet::tcg::isa
