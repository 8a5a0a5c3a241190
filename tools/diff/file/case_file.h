// Cases as files: JSON that people can read and change, and that another run or engine takes.
//
//   {"format": "duet-diff case 1", "note": "...", "world": "user64", "steps": 1000,
//    "memory": [{"address": "20000000", "access": "rx", "fill": "cc", "bytes": [{"at": "20000010", "hex": "4801d8"}]}],
//    "pieces": [{"at": "20000000", "hex": "4801d8"}],
//    "state": {"rax": "1", "rip": "20000000"}}
//
// Numbers are hexadecimal. `state` names what is not as at the start of the world (userState; resetState for "system").
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "tools/diff/case/case.h"

namespace duet::diff {

std::string caseText(const Case& c, std::string_view note);

// Hostile input: anything that is not such a case is refused, with what was wrong.
Result<Case> parseCase(std::string_view text);

// The same with files; errors name the file.
Result<Case> readCase(const std::string& path);
Result<> writeCase(const std::string& path, const Case& c, std::string_view note);

}  // namespace duet::diff
