#include "ui/app/options.h"

#include "core/base/suggest.h"
#include "ui/app/option_table.h"

namespace duet::ui {
namespace {

const OptionSpec* findOption(std::string_view name) {
  for (const auto& spec : optionTable())
    if (spec.name == name) return &spec;
  return nullptr;
}

Result<> unknownOption(std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto& spec : optionTable()) names.push_back(spec.name);
  const std::string_view near = nearest(word, names);
  return fail("-{}: unknown option{}; 'duet -help' lists them", word,
              near.empty() ? "" : fmt::format(" (did you mean '-{}'?)", near));
}

Result<> checkWhole(const Options& o) {
  if (!o.initrd.empty() && o.kernel.empty()) return fail("-initrd: there is no -kernel to give it to");
  if (!o.append.empty() && o.kernel.empty()) return fail("-append: there is no -kernel to give it to");
  if (o.accel.deterministic && o.topology.count() > 1)
    return fail("-accel tcg,deterministic=on: works with one vCPU only; drop -smp {}", o.topology.count());
  if (o.accel.deterministic && o.accel.switchAfter.any())
    return fail(
        "-accel switch-after: not with deterministic=on, whose clock counts one engine's instructions");
  const AccelOption& accel = o.accel;
  const char* named = accel.perfMap   ? "-perfmap"
                      : accel.jitDump ? "-jitdump"
                      : accel.gdbJit  ? "gdb-jit=on"
                                      : "";
  if (!accel.cache.empty() && (accel.tier == "interp" || accel.tier == "baseline"))
    return fail("-accel tcg,cache: keeps what LLVM compiles, which tier={} does without", accel.tier);
  if (*named && accel.tier == "interp")
    return fail("{}: the interpreter makes no code to name; add -accel tcg,tier=baseline", named);
  return {};
}

}  // namespace

Result<ParseOutcome> parseOptions(const std::vector<std::string>& arguments) {
  ParseOutcome outcome;
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view word = arguments[i];
    if (!word.starts_with('-') || word == "-" || word == "--")
      return fail("'{}': not an option; kernels are given by -kernel FILE", word);
    word.remove_prefix(word.starts_with("--") ? 2 : 1);
    const size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const OptionSpec* spec = findOption(name);
    if (!spec) return tl::unexpected(unknownOption(name).error());

    std::string_view value;
    if (spec->argument.starts_with("[=")) {  // only in the same word, and may be left out
      if (equals != std::string_view::npos) value = word.substr(equals + 1);
    } else if (spec->argument.empty()) {
      if (equals != std::string_view::npos) return fail("-{}: takes no value", name);
    } else if (equals != std::string_view::npos) {
      value = word.substr(equals + 1);
    } else if (++i < arguments.size()) {
      value = arguments[i];
    } else {
      return fail("-{}: a value is missing; write -{} {}", name, name, spec->argument);
    }
    if (auto ok = spec->apply(outcome, value); !ok) return tl::unexpected(ok.error());
    if (outcome.printAndLeave) return outcome;
  }
  if (auto ok = checkWhole(outcome.options); !ok) return tl::unexpected(ok.error());
  return outcome;
}

std::string usageText() {
  std::string text =
      "usage: duet [options]\n\nAn x86 PC for hosts with and without hardware virtualization.\n\n";
  for (const auto& spec : optionTable()) {
    const std::string head =
        fmt::format("-{}{}{}", spec.name, spec.argument.empty() || spec.argument.starts_with("[=") ? "" : " ",
                    spec.argument);
    text += head.size() < 28 ? fmt::format("  {:<28}{}\n", head, spec.help)
                             : fmt::format("  {}\n  {:<28}{}\n", head, "", spec.help);
    if (!spec.example.empty()) text += fmt::format("  {:<28}e.g. {}\n", "", spec.example);
  }
  text +=
      "\nWith 'help' as value -machine, -cpu, -accel, -device, -display and -d list what they know.\n"
      "On the terminal Ctrl-A h shows the keys, Ctrl-A x leaves, Ctrl-A e changes engines.\n";
  return text;
}

}  // namespace duet::ui
