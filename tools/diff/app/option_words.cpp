#include "tools/diff/app/option_words.h"

#include <charconv>

namespace duet::diff {

Result<u64> parseCount(std::string_view word) {
  u64 value = 0, scale = 1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  std::string_view suffix(end, static_cast<size_t>(word.data() + word.size() - end));
  if (suffix == "k" || suffix == "K") scale = 1000;
  if (suffix == "M") scale = 1'000'000;
  if (suffix == "G") scale = 1'000'000'000;
  if (error != std::errc() || (!suffix.empty() && scale == 1) || value > ~u64{0} / scale)
    return fail("\"{}\" is no number (with k, M or G behind it if you like)", word);
  return value * scale;
}

}  // namespace duet::diff
