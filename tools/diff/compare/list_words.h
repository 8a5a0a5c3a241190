// The text of lists of known differences: lines of fields with a character between them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duet::diff {

// Without the blanks around it.
std::string_view trimmed(std::string_view s);

// The parts between the characters `at`, trimmed; always one at least.
std::vector<std::string> split(std::string_view text, char at);

}  // namespace duet::diff
