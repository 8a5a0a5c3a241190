// How this program's commands read their words: options from a table, then names.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/base/result.h"
#include "core/base/suggest.h"
#include "core/base/types.h"

namespace duet::diff {

// One option of a command; `Target` is what the words fill in.
template <class Target>
struct OptionSpec {
  std::string_view name, argument, help;  // no argument: a switch
  Result<> (*apply)(Target& target, std::string_view value);
};

struct PlainWords {
  std::vector<std::string> names;  // what is no option
  std::vector<std::string> rest;   // behind "--"
};

// "250", "10M"; the whole word.
Result<u64> parseCount(std::string_view word);

template <class T>
Result<> setNumber(T& to, std::string_view option, std::string_view value, u64 least, u64 most) {
  const auto number = parseCount(value);
  if (!number) return fail("-{} {}: {}", option, value, number.error().message);
  if (*number < least || *number > most)
    return fail("-{} {}: it goes from {} to {}", option, value, least, most);
  to = static_cast<T>(*number);
  return {};
}

template <class Target>
Result<const OptionSpec<Target>*> findOption(std::span<const OptionSpec<Target>> table,
                                             std::string_view name) {
  for (const OptionSpec<Target>& s : table)
    if (s.name == name) return &s;
  std::vector<std::string_view> names;
  for (const OptionSpec<Target>& s : table) names.push_back(s.name);
  return fail("-{}: there is no such option{}; -help lists them", name, didYouMean(name, names));
}

// "-name value", "--name=value", names, and "--", in any order; stops early when `done(target)`.
template <class Target, class Done>
Result<PlainWords> applyOptions(std::span<const OptionSpec<Target>> table, std::span<const std::string> words,
                                Target& target, Done&& done) {
  PlainWords plain;
  for (size_t i = 0; i < words.size() && !done(target); ++i) {
    std::string_view word = words[i];
    if (word == "--") {
      plain.rest.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
      break;
    }
    if (!word.starts_with('-') || word == "-") {
      plain.names.emplace_back(word);
      continue;
    }
    word.remove_prefix(word.starts_with("--") ? 2 : 1);
    const auto equals = word.find('=');
    const auto spec = findOption(table, word.substr(0, equals));
    if (!spec) return tl::unexpected(spec.error());
    const OptionSpec<Target>& option = **spec;
    std::string_view value = equals == word.npos ? std::string_view() : word.substr(equals + 1);
    if (option.argument.empty() && equals != word.npos) return fail("-{} takes no value", option.name);
    if (!option.argument.empty() && equals == word.npos) {
      if (i + 1 == words.size()) return fail("-{} needs a value: {}", option.name, option.argument);
      value = words[++i];
    }
    if (auto applied = option.apply(target, value); !applied) return tl::unexpected(applied.error());
  }
  return plain;
}

// A line for each option.
template <class Target>
std::string optionHelp(std::span<const OptionSpec<Target>> table) {
  std::string text;
  for (const OptionSpec<Target>& s : table)
    text += fmt::format(
        "  {:<28} {}\n",
        s.argument.empty() ? fmt::format("-{}", s.name) : fmt::format("-{} {}", s.name, s.argument), s.help);
  return text;
}

}  // namespace duet::diff
