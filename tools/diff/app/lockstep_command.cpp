#include "tools/diff/app/lockstep_command.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <thread>

#include "core/base/log.h"
#include "tools/diff/app/engine_table.h"
#include "tools/diff/app/option_words.h"
#include "tools/diff/lockstep/report_text.h"
#include "ui/app/options.h"
#include "ui/app/pc_machine.h"

namespace duet::diff {
namespace {

using namespace lockstep;

struct LockstepOptions {
  u64 every = 10'000, checkpoint = 20'000'000, steps = ~u64{0};
  std::string from, save;  // files
  bool blocks = false, json = false, quiet = false, help = false;
};

Result<> applyEvery(LockstepOptions& o, std::string_view value) {
  o.blocks = value == "block";
  if (o.blocks) return {};
  return setNumber(o.every, "every", value, 1, 1'000'000'000);
}

constexpr OptionSpec<LockstepOptions> kOptions[] = {
    {"every", "N|block",
     "compare after so many steps (1: every instruction), or after every stretch of code without a branch "
     "(default 10k)",
     applyEvery},
    {"checkpoint", "N", "steps between two checkpoints, from which a difference is searched (default 20M)",
     [](LockstepOptions& o, std::string_view v) {
       return setNumber(o.checkpoint, "checkpoint", v, 1, 10'000'000'000);
     }},
    {"steps", "N", "end after so many steps, if the guest has not",
     [](LockstepOptions& o, std::string_view v) { return setNumber(o.steps, "steps", v, 1, ~u64{0} - 1); }},
    {"from", "FILE", "start from a snapshot that -save made of the same guest options",
     [](LockstepOptions& o, std::string_view v) -> Result<> {
       o.from = v;
       return {};
     }},
    {"save", "FILE", "write a snapshot of the guest when the -steps are done",
     [](LockstepOptions& o, std::string_view v) -> Result<> {
       o.save = v;
       return {};
     }},
    {"json", "", "the result as JSON on standard error",
     [](LockstepOptions& o, std::string_view) -> Result<> {
       o.json = true;
       return {};
     }},
    {"quiet", "", "no progress",
     [](LockstepOptions& o, std::string_view) -> Result<> {
       o.quiet = true;
       return {};
     }},
    {"help", "", "print this text",
     [](LockstepOptions& o, std::string_view) -> Result<> {
       o.help = true;
       return {};
     }},
};
std::span<const OptionSpec<LockstepOptions>> optionTable() { return kOptions; }

std::string usage() {
  std::string text =
      "usage: duet-diff lockstep [options] [LEFT RIGHT] -- GUEST\n\n"
      "Runs a guest (options of duet) on two engines at once (default: interp interp) and compares every "
      "register\n"
      "and all memory. The left one has the devices; the right one is given what the left one reads, and "
      "interrupts\n"
      "at the same instruction. A difference is traced to the one step after which the two are no longer "
      "alike.\n"
      "Time counts instructions (deterministic=on), and there is one processor.\n"
      "Status: 0 no difference until the guest ended, 1 a difference, 2 it could not be tried.\n\nengines\n";
  for (const EngineEntry& e : engineTable())
    if (e.backend) text += fmt::format("  {:<28} {}\n", e.name, e.help);
  return text + "\noptions\n" + optionHelp(optionTable()) +
         "\nexamples\n"
         "  duet-diff lockstep -- -kernel bzImage -initrd boot.cpio.gz -append console=ttyS0 -nographic\n"
         "  duet-diff lockstep -steps 1400M -save late.snap -- -kernel bzImage -initrd boot.cpio.gz "
         "-nographic\n"
         "  duet-diff lockstep -every 1 -from late.snap interp baseline -- -kernel bzImage -initrd "
         "boot.cpio.gz -nographic\n";
}

struct Engines {
  ReportNames names{"interp", "interp"};
  BackendFactory left, right;
};

Result<Engines> engines(const std::vector<std::string>& words, const BackendFinder& find) {
  Engines e;
  if (!words.empty() && words.size() != 2)
    return fail("{} engines are named: two go in step, or none for \"interp interp\"", words.size());
  if (!words.empty()) e.names = {words[0], words[1]};
  auto left = find(e.names.left);
  if (!left) return tl::unexpected(left.error());
  auto right = find(e.names.right);
  if (!right) return tl::unexpected(right.error());
  e.left = *left;
  e.right = *right;
  if (e.names.left == e.names.right) {
    e.names.left += " 1";
    e.names.right += " 2";
  }
  return e;
}

Result<ui::Options> guestOptions(const std::vector<std::string>& words) {
  auto parsed = ui::parseOptions(words);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->printAndLeave) return fail("behind --: options that describe a guest; duet -help lists them");
  ui::Options options = std::move(parsed->options);
  if (options.topology.count() != 1) return fail("-smp: lock step is for one processor");
  options.accel = {};
  options.accel.engines = {"tcg"};
  options.accel.deterministic = true;
  return options;
}

class Run {
 public:
  Run(const LockstepOptions& options, Engines engines) : options_(options), engines_(std::move(engines)) {}

  Result<int> operator()(const ui::Options& guest, const std::atomic<bool>& stop) {
    auto pc =
        ui::PcMachine::create(guest, [this](mmu::Ram& ram, const ui::AccelOption&) { return makers(ram); });
    if (!pc) return tl::unexpected(pc.error());
    if (!options_.from.empty())
      if (auto ok = (*pc)->beginFrom(options_.from); !ok) return tl::unexpected(ok.error());
    std::atomic<bool> ended{false};
    Result<> saved;
    std::thread watch([&] {
      while (!ended && !stop && !report_.enough) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        showProgress();
      }
      if (report_.enough && !options_.save.empty()) saved = (*pc)->saveTo(options_.save);
      (*pc)->requestQuit();
    });
    auto end = (*pc)->run();
    ended = true;
    watch.join();
    if (!end) return tl::unexpected(end.error());
    if (!saved) return fail("-save {}", saved.error().message);
    return tell(*end);
  }

 private:
  // Where the guest's own output is elsewhere, so that the two do not mix.
  void showProgress() {
    if (options_.quiet || !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO)) return;
    fmt::print(stderr, "\r{:.1f} M steps  ", static_cast<double>(report_.steps) * 1e-6);
  }

  ui::EngineMakers makers(mmu::Ram& ram) {
    const auto none = [] { return Result<std::unique_ptr<CpuBackend>>(fail("not in lock step")); };
    return {.kvm = none, .tcg = [this, &ram]() -> Result<std::unique_ptr<CpuBackend>> {
              auto made = LockstepBackend::make(ram, settings(), report_);
              if (!made) return tl::unexpected(made.error());
              return std::unique_ptr<CpuBackend>(std::move(*made));
            }};
  }

  LockstepSettings settings() const {
    return {.leftName = engines_.names.left,
            .rightName = engines_.names.right,
            .left = engines_.left,
            .right = engines_.right,
            .every = options_.every,
            .blocks = options_.blocks,
            .checkpoint = options_.checkpoint,
            .mostSteps = options_.steps};
  }

  Result<int> tell(const MachineEnd& end) {
    const bool failed = end.reason == EndReason::EngineFault && !report_.difference;
    if (failed) return fail("{}", end.message);
    if (!options_.save.empty() && !report_.enough && !report_.difference)
      return fail("-save {}: the guest ended after {} steps, before -steps", options_.save,
                  report_.steps.load());
    const std::string how = report_.difference ? end.message
                            : report_.enough   ? "the steps that were asked for are done"
                                               : "the guest ended";
    if (options_.json) {
      std::fputs(reportJson(report_, engines_.names, how).c_str(), stderr);
    } else {
      std::string text = "\n" + summaryText(report_, engines_.names);
      if (report_.difference)
        text += end.message + "\n" + differenceText(*report_.difference, report_.decoder, engines_.names);
      else
        text += "no difference: " + how + "\n";
      std::fputs(text.c_str(), stderr);
    }
    return report_.difference ? 1 : 0;
  }

  const LockstepOptions& options_;
  const Engines engines_;
  LockstepReport report_;
};

}  // namespace

Result<int> lockstepCommand(std::span<const std::string> words, const std::atomic<bool>& stop) {
  return lockstepCommand(words, stop, findBackend);
}

Result<int> lockstepCommand(std::span<const std::string> words, const std::atomic<bool>& stop,
                            const BackendFinder& find) {
  LockstepOptions options;
  auto plain = applyOptions(optionTable(), words, options, [](const LockstepOptions& o) { return o.help; });
  if (!plain) return tl::unexpected(plain.error());
  if (options.help) {
    std::fputs(usage().c_str(), stdout);
    return 0;
  }
  if (!options.save.empty() && options.steps == ~u64{0}) return fail("-save needs -steps: when to write it");
  auto made = engines(plain->names, find);
  if (!made) return tl::unexpected(made.error());
  auto guest = guestOptions(plain->rest);
  if (!guest) return tl::unexpected(guest.error());
  return Run(options, std::move(*made))(*guest, stop);
}

}  // namespace duet::diff
