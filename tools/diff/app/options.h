// duet-diff's command line as a value.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet::diff {

struct Options {
  std::string left = "interp", right = "host";
  std::vector<std::string> caseFiles;  // instead of generated cases
  u64 seed = 1, first = 0;
  u64 instructions = 1'000'000;
  unsigned perCase = 1;
  bool user64 = true, user32 = true, system = false;
  std::string only;  // rows: words of mnemonics or encodings, by commas
  std::string cpu = "max";
  double seconds = 0;
  unsigned mostFindings = 1;  // 0: all
  std::string knownFile;      // empty: the list that is built in
  bool useKnown = true;
  bool minimize = true;
  std::string out;  // folder for reproducers
  std::string coverageFile;
  std::string vectorFile;  // what the engine "recorded" answers
  std::string recordFile;  // the right engine's answers go there; nothing is compared
  bool print = false;
  bool json = false, quiet = false;
};

struct ParseOutcome {
  Options options;
  std::optional<std::string> printAndLeave;
};

// `arguments` without the program's name.
Result<ParseOutcome> parseOptions(const std::vector<std::string>& arguments);

}  // namespace duet::diff
