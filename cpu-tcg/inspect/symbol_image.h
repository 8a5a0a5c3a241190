// An ELF file in memory that names code which lies elsewhere, as debuggers take it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace duet::tcg {

struct CodeSymbol {
  u64 address = 0;
  u64 size = 0;
  std::string name;
};

// Of the present machine; .text is all of [first symbol, end of the last) and has no bytes. `symbols` in order of address, at
// least one.
std::vector<u8> symbolImage(std::span<const CodeSymbol> symbols);

}  // namespace duet::tcg
