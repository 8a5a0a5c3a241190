// The `word,key=value,key=value` grammar that most option values share.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::ui {

// Splits at commas; ",," is a comma in a value.
std::vector<std::string> splitCommas(std::string_view text);

// First word (may be empty when the text starts with key=value) and the pairs after it. `option` is named
// in errors. A word without '=' after the first becomes key=on. A key given twice is an error.
struct Suboptions {
  std::string head;
  std::map<std::string, std::string> pairs;
};
Result<Suboptions> parseSuboptions(std::string_view option, std::string_view text);

// Errors unless every key is one of `known`.
Result<> checkKeys(std::string_view option, const Suboptions& parsed,
                   std::span<const std::string_view> known);

// Errors unless `word` is one of `known`.
Result<> checkWord(std::string_view option, std::string_view word, std::span<const std::string_view> known);

// Sizes: bytes with suffix B K M G T P (binary), or a bare number in `defaultUnit` bytes.
Result<u64> parseSize(std::string_view option, std::string_view text, u64 defaultUnit);
// Decimal or 0x hexadecimal, in [min, max].
Result<u64> parseNumber(std::string_view option, std::string_view text, u64 min, u64 max);
Result<bool> parseSwitch(std::string_view option, std::string_view text);  // on|off|yes|no|true|false

}  // namespace duet::ui
