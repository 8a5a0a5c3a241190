// duet-diff: parse, run the cases, tell what differs.
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

#include "tools/diff/app/builtin_known.h"
#include "tools/diff/app/decode_command.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/app/lockstep_command.h"
#include "tools/diff/app/options.h"
#include "tools/diff/app/result_text.h"
#include "tools/diff/app/sources.h"
#include "tools/diff/file/case_file.h"
#include "tools/diff/session/shrink.h"
#include "tools/diff/system/system_forms.h"
#include "tools/diff/system/system_generator.h"
#include "tools/diff/vectors/recorded_engine.h"
#include "tools/diff/vectors/recorder.h"

namespace {

using namespace duet;
using namespace duet::diff;

enum Status : int { kEqual = 0, kDifferent = 1, kNotTried = 2 };

std::atomic<bool> stopAsked{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void watchSignals() {
  struct sigaction action{};
  action.sa_handler = [](int) { stopAsked.store(true, std::memory_order_relaxed); };
  action.sa_flags = SA_RESETHAND;  // the second one ends us at once
  for (int number : {SIGINT, SIGTERM}) sigaction(number, &action, nullptr);
}

struct Engines {
  std::unique_ptr<Engine> left, right;
  EngineNames names() const {
    return {std::string(left->name()), std::string(right->name()), left->abilities().processor,
            right->abilities().processor};
  }
};

Result<Engines> makeEngines(const Options& o) {
  const EngineSettings settings{o.cpu, o.vectorFile};
  auto left = makeEngine(o.left, settings);
  if (!left) return tl::unexpected(left.error());
  auto right = makeEngine(o.right, settings);
  if (!right) return tl::unexpected(right.error());
  return Engines{std::move(*left), std::move(*right)};
}

Result<std::vector<KnownDifference>> knownOf(const Options& o) {
  if (!o.useKnown) return std::vector<KnownDifference>{};
  if (o.knownFile.empty()) return parseKnown(builtinKnown(), "the built-in list");
  std::ifstream in(o.knownFile, std::ios::binary);
  if (!in) return fail("-known {}: {}", o.knownFile, errnoText(errno));
  return parseKnown(std::string{std::istreambuf_iterator<char>(in), {}}, o.knownFile);
}

class Program {
 public:
  Program(const Options& options, Engines& engines, const std::vector<KnownDifference>& known)
      : options_(options), engines_(engines), known_(known), decoder_(decoderOf(*engines.right)) {}

  Result<int> run() {
    if (auto ready = prepare(); !ready) return tl::unexpected(ready.error());
    if (!options_.recordFile.empty()) return record();
    if (options_.print) return print();
    const Result<> done = !options_.vectorFile.empty() ? runRecorded()
                          : options_.caseFiles.empty() ? runGenerated()
                                                       : runFiles();
    if (!done) return tl::unexpected(done.error());
    if (auto told = tellFindings(); !told) return tl::unexpected(told.error());
    if (auto saved = saveCoverage(); !saved) return tl::unexpected(saved.error());
    const std::string text =
        options_.json ? summaryJson(summary_, engines_.names()) : summaryText(summary_, engines_.names());
    std::fputs(text.c_str(), stdout);
    return summary_.findings.empty() ? kEqual : kDifferent;
  }

 private:
  // What can go wrong with files goes wrong before the hours of work.
  Result<> prepare() {
    if (!options_.out.empty()) {
      std::error_code error;
      std::filesystem::create_directories(options_.out, error);
      if (error) return fail("-out {}: {}", options_.out, error.message());
    }
    if (!options_.coverageFile.empty() && std::filesystem::exists(options_.coverageFile)) {
      auto loaded = Coverage::load(options_.coverageFile);
      if (!loaded) return fail("-coverage {}: {}", options_.coverageFile, loaded.error().message);
      coverage_ = std::move(*loaded);
    }
    return {};
  }

  Target targetOf(World world) const {
    Target target{world, engines_.left->abilities().features & engines_.right->abilities().features,
                  decoder_.vendor};
    for (const Engine* e : {engines_.left.get(), engines_.right.get()}) {
      target.segmentChecks &= e->abilities().segmentChecks;
      target.alignmentChecks &= e->abilities().alignmentChecks;
      target.longModeSwitch &= e->abilities().longModeSwitch;
    }
    return target;
  }

  std::vector<World> worlds() const {
    std::vector<World> out;
    for (auto [wanted, world] : {std::pair{options_.user64, World::User64},
                                 {options_.user32, World::User32},
                                 {options_.system, World::System}})
      if (wanted && engines_.left->abilities().can(world) && engines_.right->abilities().can(world))
        out.push_back(world);
    return out;
  }

  SessionOptions sessionOptions(size_t parts) const {
    SessionOptions s;
    s.mostInstructions = (options_.instructions + parts - 1) / parts;
    s.mostSeconds = options_.seconds / static_cast<double>(parts);
    s.mostFindings = options_.mostFindings;
    if (!options_.quiet && isatty(STDERR_FILENO))
      s.progress = [](const Summary& now) { fmt::print(stderr, "\r{}  ", progressText(now)); };
    return s;
  }

  Result<> runSource(CaseSource& source, const SessionOptions& options) {
    auto ran = runSession(*engines_.left, *engines_.right, source, known_, options, stopAsked);
    if (options.progress) fmt::print(stderr, "\r{:60}\r", "");
    if (!ran) return tl::unexpected(ran.error());
    add(summary_, std::move(*ran));
    return {};
  }

  Result<GeneratorSource::MakeCase> makerOf(World world) const {
    if (world == World::System) {
      auto made = SystemGenerator::create({.seed = options_.seed,
                                           .target = targetOf(world),
                                           .only = options_.only,
                                           .instructionsPerCase = options_.perCase,
                                           .touched = true});
      if (!made) return tl::unexpected(made.error());
      return [g = std::move(*made)](u64 n, GeneratedCase& out) { g.at(n, out); };
    }
    auto made = Generator::create({.seed = options_.seed,
                                   .target = targetOf(world),
                                   .only = options_.only,
                                   .instructionsPerCase = options_.perCase,
                                   .touched = true});
    if (!made) return tl::unexpected(made.error());
    return [g = std::move(*made)](u64 n, GeneratedCase& out) { g.at(n, out); };
  }

  Result<> runGenerated() {
    const auto both = worlds();
    if (both.empty())
      return fail("no world that is asked for can be run by both {} and {}", options_.left, options_.right);
    const auto witness = [&](const Engine& e) {
      return coverage_.witness(e.name(), e.name() == "host" || e.name() == "kvm");
    };
    const unsigned left = witness(*engines_.left), right = witness(*engines_.right);
    for (World world : both) {
      auto make = makerOf(world);
      if (!make) return fail("-only {}: {}", options_.only, make.error().message);
      GeneratorSource source(std::move(*make), options_.first, coverage_, left, right);
      if (auto ran = runSource(source, sessionOptions(both.size())); !ran) return ran;
      if (stopAsked || (options_.mostFindings && summary_.findings.size() >= options_.mostFindings)) break;
    }
    return {};
  }

  Result<> runFiles() {
    auto source = FileSource::open(options_.caseFiles);
    if (!source) return tl::unexpected(source.error());
    SessionOptions s = sessionOptions(1);
    s.mostFindings = 0;
    return runSource(*source, s);
  }

  Result<> runRecorded() {
    auto* recorded = dynamic_cast<RecordedEngine*>(engines_.right.get());
    if (!recorded) return fail("-vectors: the right-hand engine must be \"recorded\"");
    if (auto ok = recorded->facing(engines_.left->abilities(), hostSignature()); !ok) return ok;
    RecordedSource source(recorded->file());
    SessionOptions s = sessionOptions(1);
    s.mostInstructions = ~u64{0};
    return runSource(source, s);
  }

  Result<int> print() const {
    for (World world : worlds()) {
      auto make = makerOf(world);
      if (!make) return fail("-only {}: {}", options_.only, make.error().message);
      GeneratedCase made;
      u64 number = options_.first;
      for (u64 left = options_.instructions; left; left -= std::min<u64>(left, made.count)) {
        (*make)(number, made);
        std::fputs(caseText(made.c, fmt::format("case {}\n{}", number, codeText(made.c, decoder_))).c_str(),
                   stdout);
        ++number;
      }
    }
    return kEqual;
  }

  // Half of the cases with one instruction, half with several if that is asked for.
  Result<int> record() {
    Recorder recorder(*engines_.right, {});
    std::vector<unsigned> lengths{1};
    if (options_.perCase > 1) lengths.push_back(options_.perCase);
    auto both = worlds();
    std::erase(both, World::System);  // files of vectors hold cases of the user worlds
    for (World world : both)
      for (unsigned length : lengths) {
        auto generator = Generator::create({options_.seed,
                                            {world, engines_.right->abilities().features, decoder_.vendor},
                                            options_.only,
                                            length});
        if (!generator) return fail("-only {}: {}", options_.only, generator.error().message);
        const u64 cases = options_.instructions / both.size() / lengths.size() / length + 1;
        if (auto ok = recorder.take(*generator, options_.first, cases, stopAsked); !ok)
          return tl::unexpected(ok.error());
      }
    const std::vector<u8> file = recorder.file(hostSignature());
    std::ofstream out(options_.recordFile, std::ios::binary | std::ios::trunc);
    out.write(reinterpret_cast<const char*>(file.data()), static_cast<std::streamsize>(file.size()));
    out.close();
    if (!out) return fail("-record {}: {}", options_.recordFile, errnoText(errno));
    fmt::print("{}: {} vectors, {} bytes\n", options_.recordFile, recorder.size(), file.size());
    return kEqual;
  }

  Result<> tellFindings() {
    for (size_t i = 0; i < summary_.findings.size(); ++i) {
      Finding& f = summary_.findings[i];
      if (options_.minimize) {
        if (auto cut = shrink(*engines_.left, *engines_.right, known_, f); !cut) return cut;
      }
      const std::string text = findingText(f, decoder_, engines_.names());
      if (!options_.json) fmt::print("{}\n", text);
      if (options_.out.empty()) continue;
      const std::string path = fmt::format("{}/{}.json", options_.out, i + 1);
      if (auto written = writeCase(path, f.c, text); !written) return written;
      if (!options_.json)
        fmt::print("again: duet-diff -case {} {} {}\n\n", path, options_.left, options_.right);
    }
    return {};
  }

  Result<> saveCoverage() {
    if (options_.coverageFile.empty()) return {};
    if (auto saved = coverage_.save(options_.coverageFile); !saved) return saved;
    const std::string path = options_.coverageFile + ".md";
    std::ofstream page(path, std::ios::trunc);
    for (World world : worlds()) page << coverage_.page(targetOf(world), isSystemRow);
    page.close();
    if (!page) return fail("{}: {}", path, errnoText(errno));
    return {};
  }

  const Options& options_;
  Engines& engines_;
  const std::vector<KnownDifference>& known_;
  const Decoder decoder_;
  Coverage coverage_;
  Summary summary_;
};

Result<int> compareEngines(const Options& options) {
  auto known = knownOf(options);
  if (!known) return tl::unexpected(known.error());
  auto engines = makeEngines(options);
  if (!engines) return tl::unexpected(engines.error());
  return Program(options, *engines, *known).run();
}

// What the first word may ask for instead of a comparison of engines.
struct Command {
  std::string_view word;
  Result<int> (*run)(std::span<const std::string> words, const std::atomic<bool>& stop);
};
constexpr Command kCommands[] = {{"decode", decodeCommand}, {"lockstep", lockstepCommand}};

Result<int> runCommand(const Command& command, int count, char** words) {
  watchSignals();
  const std::vector<std::string> rest(words, words + count);
  return command.run(rest, stopAsked);
}

int exitStatus(const Result<int>& status) {
  if (status) return *status;
  fmt::print(stderr, "duet-diff: {}\n", status.error().message);
  return kNotTried;
}

}  // namespace

int main(int count, char** words) {
  for (const Command& command : kCommands)
    if (count > 1 && command.word == words[1]) return exitStatus(runCommand(command, count - 2, words + 2));
  const auto parsed = parseOptions({words + 1, words + count});
  if (!parsed) {
    fmt::print(stderr, "duet-diff: {}\n", parsed.error().message);
    return kNotTried;
  }
  if (parsed->printAndLeave) {
    std::fputs(parsed->printAndLeave->c_str(), stdout);
    return kEqual;
  }
  watchSignals();
  return exitStatus(compareEngines(parsed->options));
}
