#include "tools/diff/app/options.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <string_view>

#include "tools/diff/app/engine_table.h"
#include "tools/diff/app/option_words.h"
#include "ui/app/version.h"

namespace duet::diff {
namespace {

std::span<const OptionSpec<ParseOutcome>> optionTable();

template <std::string Options::* Member>
Result<> setText(ParseOutcome& o, std::string_view value) {
  o.options.*Member = value;
  return {};
}

template <bool Options::* Member, bool Value>
Result<> setFlag(ParseOutcome& o, std::string_view) {
  o.options.*Member = Value;
  return {};
}

Result<> applyWorld(ParseOutcome& o, std::string_view value) {
  const bool all = value == "all";
  if (value != "64" && value != "32" && value != "both" && value != "system" && !all)
    return fail("-world {}: there are 64, 32, both, system and all", value);
  o.options.user64 = value == "64" || value == "both" || all;
  o.options.user32 = value == "32" || value == "both" || all;
  o.options.system = value == "system" || all;
  return {};
}

// "90", "90s", "10m", "1h".
Result<> applySeconds(ParseOutcome& o, std::string_view value) {
  u64 number = 0, scale = 1;
  const char* const end = value.data() + value.size();
  const auto [at, error] = std::from_chars(value.data(), end, number);
  const std::string_view unit(at, static_cast<size_t>(end - at));
  if (unit == "m") scale = 60;
  if (unit == "h") scale = 3600;
  if (error != std::errc() || (scale == 1 && !unit.empty() && unit != "s") || number == 0 ||
      number > 1'000'000)
    return fail("-time {}: it takes seconds, or a number with s, m or h behind it", value);
  o.options.seconds = static_cast<double>(number * scale);
  return {};
}

Result<> applyCase(ParseOutcome& o, std::string_view value) {
  o.options.caseFiles.emplace_back(value);
  return {};
}

std::string usage() {
  std::string text =
      "usage: duet-diff [options] [LEFT RIGHT]\n"
      "       duet-diff lockstep [options] [LEFT RIGHT] -- GUEST   a whole machine on two engines (lockstep "
      "-help)\n"
      "       duet-diff decode [options]                           the decoder against others (decode "
      "-help)\n\n"
      "Runs the same code on two engines (default: interp host) and shows the first difference: the\n"
      "listing, every changed value before and after on both, and a file that makes it again.\n"
      "Status: 0 no difference, 1 a difference, 2 it could not be tried.\n\nengines\n";
  for (const EngineEntry& e : engineTable()) text += fmt::format("  {:<28} {}\n", e.name, e.help);
  text += "\noptions\n";
  text += optionHelp(optionTable());
  return text +
         "\nexamples\n"
         "  duet-diff -count 10M -findings 0 -out found\n"
         "  duet-diff -only adc,sbb -world 32\n"
         "  duet-diff -case found/1.json interp kvm\n"
         "  duet-diff -record zen4.vec -count 20M interp host\n"
         "  duet-diff -vectors zen4.vec interp recorded\n";
}

constexpr OptionSpec<ParseOutcome> kOptions[] = {
    {"count", "N", "generated instructions (default 1M)",
     [](ParseOutcome& o, std::string_view v) {
       return setNumber(o.options.instructions, "count", v, 1, ~u64{0});
     }},
    {"time", "TIME", "end after so many seconds, or 10m, or 1h, if the count has not", applySeconds},
    {"seed", "N", "of the generator (default 1): the same seed makes the same cases",
     [](ParseOutcome& o, std::string_view v) { return setNumber(o.options.seed, "seed", v, 0, ~u64{0}); }},
    {"first", "N", "number of the first case (default 0)",
     [](ParseOutcome& o, std::string_view v) { return setNumber(o.options.first, "first", v, 0, ~u64{0}); }},
    {"per-case", "N", "instructions one behind the other in a case, 1 to 8 (default 1)",
     [](ParseOutcome& o, std::string_view v) { return setNumber(o.options.perCase, "per-case", v, 1, 8); }},
    {"world", "64|32|both|system|all",
     "user mode in 64-bit code, in compatibility code, or both in turn (default both); every mode and "
     "privilege",
     applyWorld},
    {"only", "WORD[,WORD]", "instructions whose mnemonic or encoding holds one of the words",
     setText<&Options::only>},
    {"cpu", "MODEL", "the processor duet's engines show, as duet's -cpu (default max)",
     setText<&Options::cpu>},
    {"case", "FILE", "run this case instead of generated ones; may be given several times", applyCase},
    {"vectors", "FILE", "the recorded vectors that the engine \"recorded\" answers; they are the cases, too",
     setText<&Options::vectorFile>},
    {"record", "FILE", "store what the right-hand engine answers, evenly chosen, instead of comparing",
     setText<&Options::recordFile>},
    {"findings", "N", "end after so many kinds of difference; 0: never (default 1)",
     [](ParseOutcome& o, std::string_view v) {
       return setNumber(o.options.mostFindings, "findings", v, 0, 100000);
     }},
    {"known", "FILE", "known differences instead of the built-in list", setText<&Options::knownFile>},
    {"no-known", "", "show the known differences too", setFlag<&Options::useKnown, false>},
    {"no-minimize", "", "leave the cases as they were found", setFlag<&Options::minimize, false>},
    {"out", "DIR", "write a file for every kind of difference", setText<&Options::out>},
    {"coverage", "FILE", "add what was run to this file, and write FILE.md, the page",
     setText<&Options::coverageFile>},
    {"print", "", "print the generated cases, as -case takes them, instead of running them",
     setFlag<&Options::print, true>},
    {"json", "", "the result as JSON on standard output", setFlag<&Options::json, true>},
    {"quiet", "", "no progress", setFlag<&Options::quiet, true>},
    {"version", "", "print the version",
     [](ParseOutcome& o, std::string_view) -> Result<> {
       o.printAndLeave = fmt::format("duet-diff {}\n", ui::kVersion);
       return {};
     }},
    {"help", "", "print this text",
     [](ParseOutcome& o, std::string_view) -> Result<> {
       o.printAndLeave = usage();
       return {};
     }},
};

std::span<const OptionSpec<ParseOutcome>> optionTable() { return kOptions; }

Result<> takeEngines(const std::vector<std::string>& words, Options& options) {
  if (words.empty()) return {};
  if (words.size() != 2)
    return fail("{} engines are named: two are compared, or none for \"interp host\"", words.size());
  options.left = words[0];
  options.right = words[1];
  return {};
}

}  // namespace

Result<ParseOutcome> parseOptions(const std::vector<std::string>& arguments) {
  ParseOutcome outcome;
  const auto words = applyOptions(optionTable(), arguments, outcome,
                                  [](const ParseOutcome& o) { return o.printAndLeave.has_value(); });
  if (!words) return tl::unexpected(words.error());
  if (!words->rest.empty()) return fail("--: nothing comes behind it here");
  if (auto taken = takeEngines(words->names, outcome.options); !taken) return tl::unexpected(taken.error());
  return outcome;
}

}  // namespace duet::diff
