#include "ui/app/suboptions.h"

#include <algorithm>
#include <charconv>

#include "core/base/suggest.h"

namespace duet::ui {

namespace {

std::string listOf(std::span<const std::string_view> words) {
  std::string list;
  for (std::string_view w : words) list += (list.empty() ? "" : ", ") + std::string(w);
  return list;
}

}  // namespace

std::vector<std::string> splitCommas(std::string_view text) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != ',') {
      words.back() += text[i];
    } else if (i + 1 < text.size() && text[i + 1] == ',') {
      words.back() += ',';
      ++i;
    } else {
      words.emplace_back();
    }
  }
  return words;
}

Result<Suboptions> parseSuboptions(std::string_view option, std::string_view text) {
  Suboptions parsed;
  bool first = true;
  for (const std::string& word : splitCommas(text)) {
    const size_t equals = word.find('=');
    if (first && equals == std::string::npos) {
      parsed.head = word;
    } else {
      const std::string key = word.substr(0, equals);
      if (key.empty()) return fail("{} {}: empty name before '='; write key=value", option, text);
      const std::string value = equals == std::string::npos ? "on" : word.substr(equals + 1);
      if (!parsed.pairs.emplace(key, value).second)
        return fail("{} {}: '{}' is given twice", option, text, key);
    }
    first = false;
  }
  return parsed;
}

Result<> checkKeys(std::string_view option, const Suboptions& parsed,
                   std::span<const std::string_view> known) {
  for (const auto& [key, value] : parsed.pairs) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return fail("{}: unknown property '{}'{}; known: {}", option, key, didYouMean(key, known),
                known.empty() ? "none" : listOf(known));
  }
  return {};
}

Result<> checkWord(std::string_view option, std::string_view word, std::span<const std::string_view> known) {
  if (std::ranges::find(known, word) != known.end()) return {};
  return fail("{}: unknown value '{}'{}; known: {}", option, word, didYouMean(word, known), listOf(known));
}

Result<u64> parseNumber(std::string_view option, std::string_view text, u64 min, u64 max) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  const std::string_view digits = hex ? text.substr(2) : text;
  u64 value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, hex ? 16 : 10);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty())
    return fail("{}: '{}' is not a number", option, text);
  if (value < min || value > max) return fail("{}: {} is outside {}..{}", option, text, min, max);
  return value;
}

Result<u64> parseSize(std::string_view option, std::string_view text, u64 defaultUnit) {
  constexpr std::string_view kSuffixes = "BKMGTP";
  u64 unit = defaultUnit;
  std::string_view digits = text;
  if (!text.empty()) {
    const char last = static_cast<char>(text.back() & ~0x20);  // upper case for letters
    if (const size_t at = kSuffixes.find(last); at != std::string_view::npos && text.back() > '9') {
      unit = u64{1} << (10 * at);
      digits.remove_suffix(1);
    }
  }
  u64 value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.empty())
    return fail("{}: '{}' is not a size; write a number with K, M, G or T, such as 2G", option, text);
  if (value > ~u64{0} / unit) return fail("{}: {} is larger than any machine", option, text);
  return value * unit;
}

Result<bool> parseSwitch(std::string_view option, std::string_view text) {
  if (text == "on" || text == "yes" || text == "true") return true;
  if (text == "off" || text == "no" || text == "false") return false;
  return fail("{}: '{}' is neither on nor off", option, text);
}

}  // namespace duet::ui
