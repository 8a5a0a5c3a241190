// isa-coverage: prints the coverage page of the tables alone (every row counts as carried out).
#include <fmt/format.h>

#include "cpu-tcg/isa/coverage.h"

int main() {
  fmt::print("{}", duet::tcg::isa::coverageMarkdown([](const duet::tcg::isa::Row&) { return true; }));
  return 0;
}
