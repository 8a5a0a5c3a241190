// An assembled test program: bytes at addresses, and symbols.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::test {

struct ProgramPiece {
  u64 address;
  std::vector<u8> bytes;
};

struct Program {
  std::vector<ProgramPiece> pieces;
  std::map<std::string, u64, std::less<>> symbols;

  // Numbers and symbols with + and - between: "0x10", "-1", "result+4".
  std::optional<u64> evaluate(std::string_view expression) const;
};

Result<Program> loadProgram(const std::string& path);

}  // namespace duet::test
