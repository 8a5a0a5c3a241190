// Splitting the row language's short texts.
#pragma once

#include <string_view>

namespace duet::tcg::isa {

// Takes the text up to the separator (or all of it) off `rest`.
inline std::string_view nextWord(std::string_view& rest, char separator) {
  const size_t end = rest.find(separator);
  const std::string_view word = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return word;
}

}  // namespace duet::tcg::isa
