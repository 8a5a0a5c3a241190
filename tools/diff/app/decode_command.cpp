#include "tools/diff/app/decode_command.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <thread>

#include "cpu-tcg/isa/format.h"
#include "tools/diff/app/decode_text.h"
#include "tools/diff/app/option_words.h"
#include "tools/diff/decode/builtin_list.h"
#include "tools/diff/decode/conventions.h"
#include "tools/diff/decode/disassemblers.h"
#include "tools/diff/decode/host_witness.h"

namespace duet::diff {
namespace {

struct Options {
  u64 count = 1'000'000, seed = 1, stride = 1;
  bool tables = true, chance = true;
  std::vector<CodeMode> modes{CodeMode::Bits16, CodeMode::Bits32, CodeMode::Bits64};
  std::vector<std::string> witnesses{"llvm", "capstone", "format", "host"};
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::string knownFile;
  bool useKnown = true, json = false, quiet = false, help = false;
  u64 findings = 40;
  std::string bytes;
};

template <auto Member>
Result<> applyNumber(Options& o, std::string_view value) {
  auto n = parseCount(value);
  if (!n) return fail("{}", n.error().message);
  o.*Member = static_cast<std::remove_reference_t<decltype(o.*Member)>>(*n);
  return {};
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> list;
  for (;;) {
    const auto end = text.find(',');
    list.emplace_back(text.substr(0, end));
    if (end == text.npos) return list;
    text.remove_prefix(end + 1);
  }
}

Result<> applyModes(Options& o, std::string_view value) {
  o.modes.clear();
  for (const std::string& word : words(value)) {
    if (word != "16" && word != "32" && word != "64") return fail("-mode {}: there are 16, 32 and 64", value);
    o.modes.push_back(word == "16" ? CodeMode::Bits16 : word == "32" ? CodeMode::Bits32 : CodeMode::Bits64);
  }
  return {};
}

Result<> applySource(Options& o, std::string_view value) {
  if (value != "tables" && value != "chance" && value != "both")
    return fail("-source {}: there are tables, chance and both", value);
  o.tables = value != "chance";
  o.chance = value != "tables";
  return {};
}

Result<> applyStride(Options& o, std::string_view value) {
  auto set = applyNumber<&Options::stride>(o, value);
  if (set && o.stride == 0) return fail("-every {}: at least 1", value);
  return set;
}

constexpr OptionSpec<Options> kOptions[] = {
    {"count", "N", "strings by chance in each mode (default 1M)", applyNumber<&Options::count>},
    {"source", "tables|chance|both", "every encoding of the tables, strings by chance (default both)",
     applySource},
    {"every", "N", "of the tables' encodings only every Nth (default 1)", applyStride},
    {"mode", "16,32,64", "sizes of code (default all)", applyModes},
    {"witness", "NAME,NAME",
     "llvm, capstone, format (our own text), host (this processor: length and #UD) (default all)",
     [](Options& o, std::string_view v) -> Result<> {
       o.witnesses = words(v);
       return {};
     }},
    {"seed", "N", "of chance (default 1)", applyNumber<&Options::seed>},
    {"bytes", "HEX", "only these bytes, and what everybody says",
     [](Options& o, std::string_view v) -> Result<> {
       o.bytes = v;
       return {};
     }},
    {"threads", "N", "(default: as many as there are processors)", applyNumber<&Options::threads>},
    {"findings", "N", "kinds of disagreement to show (default 40)", applyNumber<&Options::findings>},
    {"known", "FILE", "known disagreements instead of the built-in list",
     [](Options& o, std::string_view v) -> Result<> {
       o.knownFile = v;
       return {};
     }},
    {"no-known", "", "show the known ones too",
     [](Options& o, std::string_view) -> Result<> {
       o.useKnown = false;
       return {};
     }},
    {"json", "", "the result as JSON on standard output",
     [](Options& o, std::string_view) -> Result<> {
       o.json = true;
       return {};
     }},
    {"quiet", "", "no progress",
     [](Options& o, std::string_view) -> Result<> {
       o.quiet = true;
       return {};
     }},
    {"help", "", "print this text",
     [](Options& o, std::string_view) -> Result<> {
       o.help = true;
       return {};
     }},
};

std::span<const OptionSpec<Options>> optionTable() { return kOptions; }

std::string usage() {
  std::string text =
      "usage: duet-diff decode [options]\n\n"
      "Reads byte strings by duet's decoder and by disassemblers, in 16-, 32- and 64-bit code, and compares\n"
      "length, mnemonic and operands: registers, sizes, addresses, segments, immediates, branch targets.\n"
      "Status: 0 no disagreement outside the list, 1 one, 2 it could not be tried.\n\noptions\n";
  text += optionHelp(optionTable());
  return text +
         "\nexamples\n"
         "  duet-diff decode -count 10M\n"
         "  duet-diff decode -mode 64 -bytes \"f3 0f 1e fa\"\n";
}

Result<Options> parse(std::span<const std::string> arguments) {
  Options options;
  const auto plain = applyOptions(optionTable(), arguments, options, [](const Options& o) { return o.help; });
  if (!plain) return fail("decode: {}", plain.error().message);
  if (!plain->names.empty()) return fail("decode: \"{}\" is no option", plain->names.front());
  return options;
}

Result<std::vector<std::unique_ptr<DecodeWitness>>> makeWitnesses(const std::vector<std::string>& names) {
  std::vector<std::unique_ptr<DecodeWitness>> list;
  for (const std::string& name : names) {
    if (name == "format") {
      list.push_back(makeFormatWitness());
      continue;
    }
    if (name != "llvm" && name != "capstone" && name != "host")
      return fail("decode -witness {}: there are llvm, capstone, format and host", name);
    auto witness = name == "llvm"   ? makeLlvmWitness()
                   : name == "host" ? makeHostWitness()
                                    : makeCapstoneWitness();
    if (!witness) return tl::unexpected(witness.error());
    list.push_back(std::move(*witness));
  }
  return list;
}

Result<std::vector<KnownDecode>> knownOf(const Options& o) {
  if (!o.useKnown) return std::vector<KnownDecode>{};
  if (o.knownFile.empty()) return parseKnownDecode(builtinDecodeList(), "the built-in list");
  std::ifstream in(o.knownFile, std::ios::binary);
  if (!in) return fail("decode -known {}: {}", o.knownFile, errnoText(errno));
  return parseKnownDecode(std::string{std::istreambuf_iterator<char>(in), {}}, o.knownFile);
}

Result<int> readOne(const Options& options, const std::vector<KnownDecode>& known) {
  auto witnesses = makeWitnesses(options.witnesses);
  if (!witnesses) return tl::unexpected(witnesses.error());
  bool different = false;
  for (const CodeMode mode : options.modes) {
    const auto written = parseBytes(fmt::format("{}: {}", bitsOf(mode), options.bytes));
    if (!written) return fail("decode -bytes: {}", written.error().message);
    const ByteString& bytes = written->bytes;
    OurReading ours;
    readOurs(bytes, mode, {}, ours);
    fmt::print("{} bits\n  {:<10} {}\n", bitsOf(mode), "duet", describe(ours));
    for (const auto& witness : *witnesses) {
      Reading theirs;
      if (auto ok = witness->read({&bytes, 1}, mode, {&theirs, 1}); !ok) return tl::unexpected(ok.error());
      readOurs(bytes, mode, witness->reader(), ours);
      const DecodeKinds kinds = difference(ours.reading, theirs);
      std::string note;
      if (!kinds.empty()) {
        const auto entries = explain(known, {witness->name(), bytes, mode, ours, theirs, kinds});
        different |= entries.empty();
        note = fmt::format("   <- {}{}", kinds.text(), entries.empty() ? "" : ", listed:");
        for (const size_t e : entries) note += " " + known[e].name;
      }
      fmt::print("  {:<10} {}{}\n", witness->name(), describe(theirs), note);
    }
  }
  return different ? 1 : 0;
}

Result<int> run(const Options& options, const std::vector<KnownDecode>& known,
                const std::atomic<bool>& stop) {
  const TableSource tables(options.seed);
  const ChanceSource chance(options.seed, options.count);
  DecodeReport report;
  const auto part = [&](std::string_view name, const ByteSource& source, u64 stride) -> Result<> {
    DecodeOptions how{
        .modes = options.modes, .stride = stride, .threads = std::max(1u, options.threads), .progress = {}};
    if (!options.quiet && isatty(STDERR_FILENO))
      how.progress = [&](u64 done, u64 all) { fmt::print(stderr, "\r{}  ", progressText(name, done, all)); };
    auto ran = runDecode(source, [&] { return makeWitnesses(options.witnesses); }, known, how, stop);
    if (how.progress) fmt::print(stderr, "\r{:70}\r", "");
    if (!ran) return tl::unexpected(ran.error());
    report.parts.emplace_back(name, std::move(*ran));
    return {};
  };
  if (options.tables)
    if (auto ok = part("tables", tables, options.stride); !ok) return tl::unexpected(ok.error());
  if (options.chance && !stop)
    if (auto ok = part("chance", chance, 1); !ok) return tl::unexpected(ok.error());
  std::fputs((options.json ? reportJson(report, known) : reportText(report, known, options.findings)).c_str(),
             stdout);
  return report.hasFindings() ? 1 : 0;
}

}  // namespace

Result<int> decodeCommand(std::span<const std::string> arguments, const std::atomic<bool>& stop) {
  const auto options = parse(arguments);
  if (!options) return tl::unexpected(options.error());
  if (options->help) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  const auto known = knownOf(*options);
  if (!known) return tl::unexpected(known.error());
  return options->bytes.empty() ? run(*options, *known, stop) : readOne(*options, *known);
}

}  // namespace duet::diff
