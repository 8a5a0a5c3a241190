#include "tools/diff/compare/known.h"

#include <fnmatch.h>

#include <algorithm>

#include "tools/diff/case/case_bytes.h"

#include "tools/diff/compare/list_words.h"

namespace duet::diff {
namespace {

Result<std::vector<CpuVendor>> vendorsOf(const std::string& word) {
  if (word == "amd") return std::vector{CpuVendor::Amd};
  if (word == "intel") return std::vector{CpuVendor::Intel};
  if (word == "any") return std::vector{CpuVendor::Amd, CpuVendor::Intel};
  return fail("vendor \"{}\" is none of amd, intel and any", word);
}

Result<KnownDifference> parseLine(std::string_view line) {
  const auto parts = split(line, '|');
  if (parts.size() != 6)
    return fail("{} columns where name | instructions | vendors | fields | reason | reference belong",
                parts.size());
  for (const std::string& part : parts)
    if (part.empty()) return fail("an empty column");
  auto vendors = vendorsOf(parts[2]);
  if (!vendors) return tl::unexpected(vendors.error());
  return KnownDifference{parts[0], split(parts[1], ','), *vendors, split(parts[3], ','), parts[4], parts[5]};
}

// "~f00f00*": the digits that the case's first instruction begins with, for encodings that no row has.
bool beginsWith(const std::string& word, const std::string& digits) {
  return word.starts_with('~') && fnmatch(word.c_str() + 1, digits.c_str(), 0) == 0;
}

std::string firstDigits(const Case& c) {
  std::string digits;
  for (u8 b : bytesAt(c, codeAddress(c.start).value, 15)) digits += fmt::format("{:02x}", b);
  return digits;
}

bool isOf(const KnownDifference& k, const tcg::isa::Row& row) {
  return std::ranges::any_of(k.instructions, [&](const std::string& word) {
    return word == row.encoding || std::ranges::count(split(row.mnemonic, '/'), word);
  });
}

bool isOfAny(const KnownDifference& k) { return k.instructions == std::vector<std::string>{"*"}; }

bool covers(const KnownDifference& k, const Difference& d) {
  return std::ranges::any_of(k.fields, [&](const std::string& pattern) {
    const bool values = pattern.find('=') != std::string::npos;
    const std::string told = values ? fmt::format("{}={}/{}", d.field, d.left, d.right) : d.field;
    return fnmatch(pattern.c_str(), told.c_str(), 0) == 0;
  });
}

}  // namespace

Result<std::vector<KnownDifference>> parseKnown(std::string_view text, std::string_view fileName) {
  std::vector<KnownDifference> known;
  for (unsigned number = 1; const std::string& whole : split(text, '\n')) {
    const std::string_view line = trimmed(whole);
    if (!line.empty() && line[0] != '#') {
      auto entry = parseLine(line);
      if (!entry) return fail("{}:{}: {}", fileName, number, entry.error().message);
      if (std::ranges::count(known, entry->name, &KnownDifference::name))
        return fail("{}:{}: there is an entry \"{}\" already", fileName, number, entry->name);
      known.push_back(std::move(*entry));
    }
    ++number;
  }
  return known;
}

const KnownDifference* explain(const std::vector<KnownDifference>& known, const Case& c,
                               const Decoder& decoder, const std::vector<Difference>& differences) {
  if (known.empty()) return nullptr;
  const auto lines = codeLines(c, decoder);
  const std::string digits = firstDigits(c);
  std::vector<Difference> rest = differences;
  for (const KnownDifference& k : known) {
    if (!isOfAny(k) || !std::ranges::count(k.vendors, decoder.vendor)) continue;
    std::erase_if(rest, [&](const Difference& d) { return covers(k, d); });
    if (rest.empty()) return &k;
  }
  for (const KnownDifference& k : known) {
    if (isOfAny(k) || !std::ranges::count(k.vendors, decoder.vendor)) continue;
    const bool named =
        std::ranges::any_of(lines, [&](const CodeLine& l) { return l.insn.row && isOf(k, *l.insn.row); }) ||
        std::ranges::any_of(k.instructions,
                            [&](const std::string& word) { return beginsWith(word, digits); });
    if (named && std::ranges::all_of(rest, [&](const Difference& d) { return covers(k, d); })) return &k;
  }
  return nullptr;
}

}  // namespace duet::diff
