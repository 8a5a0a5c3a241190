#include "tools/diff/decode/known_decode.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "tools/diff/compare/list_words.h"

namespace duet::diff {
namespace {

Result<std::vector<CodeMode>> modesOf(const std::string& text) {
  if (text == "any") return std::vector{CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64};
  std::vector<CodeMode> modes;
  for (const std::string& word : split(text, ' ')) {
    if (word == "16")
      modes.push_back(CodeMode::Bits16);
    else if (word == "32")
      modes.push_back(CodeMode::Bits32);
    else if (word == "64")
      modes.push_back(CodeMode::Bits64);
    else
      return fail("mode \"{}\" is none of 16, 32, 64 and any", word);
  }
  return modes;
}

Result<std::vector<KnownDecode::When>> whenOf(const std::string& text) {
  std::vector<KnownDecode::When> list;
  if (text == "-") return list;
  for (const std::string& word : split(text, ' ')) {
    const bool wanted = !word.starts_with('!');
    const auto at =
        std::ranges::find(decodeConditions(), wanted ? word : word.substr(1), &DecodeCondition::word);
    if (at == decodeConditions().end()) return fail("there is no condition \"{}\"", word);
    list.push_back({&*at, wanted});
  }
  return list;
}

Result<DecodeKinds> kindsOf(const std::string& text) {
  DecodeKinds kinds;
  for (const std::string& word : split(text, ',')) {
    const DecodeKind kind = kindByWord(word);
    if (kind == DecodeKind::Count) return fail("there is no kind \"{}\"", word);
    kinds.add(kind);
  }
  return kinds;
}

Result<KnownDecode> parseLine(std::string_view line) {
  const auto parts = split(line, '|');
  if (parts.size() != 10)
    return fail(
        "{} columns where name | witness | modes | ours | theirs | when | kinds | reason | reference | "
        "example belong",
        parts.size());
  for (const std::string& part : parts)
    if (part.empty()) return fail("an empty column");
  auto modes = modesOf(parts[2]);
  if (!modes) return tl::unexpected(modes.error());
  auto when = whenOf(parts[5]);
  if (!when) return tl::unexpected(when.error());
  auto kinds = kindsOf(parts[6]);
  if (!kinds) return tl::unexpected(kinds.error());
  auto example = parseBytes(parts[9]);
  if (!example) return tl::unexpected(example.error());
  return KnownDecode{parts[0], parts[1], *modes,   split(parts[3], ','), split(parts[4], ','), *when,
                     *kinds,   parts[7], parts[8], example->mode,        example->bytes};
}

bool matches(const std::vector<std::string>& patterns, bool valid, const std::string& name,
             const char* encoding) {
  return std::ranges::any_of(patterns, [&](const std::string& pattern) {
    if (pattern == "*") return true;
    if (!valid) return pattern == "-";
    return (encoding && pattern == encoding) || fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
  });
}

bool isOf(const KnownDecode& k, const Disagreement& d) {
  if (k.witness != "any" && k.witness != d.witness) return false;
  if (!k.kinds.intersects(d.kinds) || !std::ranges::count(k.modes, d.mode)) return false;
  const Reading& ours = d.ours.reading;
  return matches(k.theirs, d.theirs.valid, d.theirs.name, nullptr) &&
         matches(k.ours, ours.valid, ours.name, ours.valid ? d.ours.insn.row->encoding : nullptr) &&
         std::ranges::all_of(k.when, [&](const auto& w) { return w.condition->holds(d) == w.wanted; });
}

}  // namespace

Result<std::vector<KnownDecode>> parseKnownDecode(std::string_view text, std::string_view fileName) {
  std::vector<KnownDecode> known;
  for (unsigned number = 1; const std::string& line : split(text, '\n')) {
    if (!line.empty() && line[0] != '#') {
      auto entry = parseLine(line);
      if (!entry) return fail("{}:{}: {}", fileName, number, entry.error().message);
      if (std::ranges::count(known, entry->name, &KnownDecode::name))
        return fail("{}:{}: there is an entry \"{}\" already", fileName, number, entry->name);
      known.push_back(std::move(*entry));
    }
    ++number;
  }
  return known;
}

Result<WrittenBytes> parseBytes(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos) return fail("\"{}\": a mode, a colon and bytes belong here", text);
  const auto modes = modesOf(std::string(trimmed(text.substr(0, colon))));
  if (!modes) return tl::unexpected(modes.error());
  WrittenBytes out{modes->front(), {}};
  out.bytes.fill(0x90);
  size_t n = 0;
  for (const std::string& word : split(trimmed(text.substr(colon + 1)), ' ')) {
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out.bytes[n], 16);
    if (error != std::errc() || end != word.data() + word.size() || ++n == out.bytes.size())
      return fail("\"{}\": up to {} bytes of two digits, by blanks", text, out.bytes.size() - 1);
  }
  return out;
}

std::vector<size_t> explain(const std::vector<KnownDecode>& known, const Disagreement& d) {
  std::vector<size_t> used;
  DecodeKinds left = d.kinds;
  for (size_t i = 0; i < known.size() && !left.empty(); ++i) {
    if (!known[i].kinds.intersects(left) || !isOf(known[i], d)) continue;
    used.push_back(i);
    left.remove(known[i].kinds);
  }
  if (!left.empty()) used.clear();
  return used;
}

}  // namespace duet::diff
