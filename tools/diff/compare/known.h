// Differences that are known, with a reason each: a text file of lines
//
//   name | instructions | vendors | fields | reason | reference
//
// `instructions`: mnemonics, or encodings as the tables print them ("DD /4 m"), or ~ and a pattern (fnmatch) of the code's first
// hexadecimal digits, by commas; * alone stands for any, and such an entry may explain a part of what differs beside another
// entry; `vendors`: amd, intel or any (of
// the right-hand processor); `fields`: what may differ (names of Difference, "flags.*" style patterns, "exception=13/14" for values of the
// left and right side), by commas. A line that
// begins with # is a comment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/compare/listing.h"

namespace duet::diff {

struct KnownDifference {
  std::string name;
  std::vector<std::string> instructions;
  std::vector<CpuVendor> vendors;
  std::vector<std::string> fields;
  std::string reason, reference;
};

// An error names the file and line.
Result<std::vector<KnownDifference>> parseKnown(std::string_view text, std::string_view fileName);

// The entry that explains every one of the differences: one instruction of the case is the entry's, the vendor is, and the
// fields are (those apart that entries for any instruction explain). Nullptr: a difference nobody knows.
const KnownDifference* explain(const std::vector<KnownDifference>& known, const Case& c,
                               const Decoder& decoder, const std::vector<Difference>& differences);

}  // namespace duet::diff
