// The coverage page: every row, by opcode map, with what carries it out.
#pragma once

#include <functional>
#include <string>

#include "cpu-tcg/isa/row.h"

namespace duet::tcg::isa {

// Whether something carries this row out; the engine knows.
using Implemented = std::function<bool(const Row&)>;

// Markdown: a summary, then one table an opcode map.
std::string coverageMarkdown(const Implemented& implemented);

}  // namespace duet::tcg::isa
