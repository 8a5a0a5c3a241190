// Any words after any option: parsed, or refused in one line.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/check.h"
#include "ui/app/option_table.h"
#include "ui/app/options.h"

namespace {

using namespace duet;

// A line a word; a first byte below 64 stands for the option of that number, so that names need not be
// guessed.
std::vector<std::string> wordsFrom(std::string_view text) {
  const auto table = ui::optionTable();
  std::vector<std::string> words;
  while (!text.empty() && words.size() < 16) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!word.empty() && static_cast<u8>(word[0]) < 64 && word[0] != '-') {
      words.push_back("-" + std::string(table[static_cast<u8>(word[0]) % table.size()].name));
      word.remove_prefix(1);
    }
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  const auto words = wordsFrom({reinterpret_cast<const char*>(data), size});
  const Result<ui::ParseOutcome> outcome = ui::parseOptions(words);
  if (!outcome) {
    FUZZ_CHECK(!outcome.error().message.empty());
    FUZZ_CHECK(outcome.error().message.size() < 8192);
    return 0;
  }
  FUZZ_CHECK(outcome->printAndLeave || outcome->options.memoryBytes > 0);
  return 0;
}
