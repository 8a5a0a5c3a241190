#include "tools/diff/compare/list_words.h"

namespace duet::diff {

std::string_view trimmed(std::string_view s) {
  const auto from = s.find_first_not_of(" \t"), to = s.find_last_not_of(" \t\r");
  return from == s.npos ? std::string_view() : s.substr(from, to - from + 1);
}

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(at);
    parts.emplace_back(trimmed(text.substr(0, end)));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace duet::diff
