#include "ui/app/accel_options.h"

#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

constexpr std::string_view kHelp =
    R"(Engines for -accel (or several with ':' between, the first that works is taken):
  auto  kvm where the host's KVM can run a whole PC, else tcg (default)
  kvm   the host kernel's KVM; --host-report shows what it can do
        kernel-irqchip=split|on|off   as with -machine
        dirty-ring-size=N      written pages are told in rings of N entries (default 0: in bitmaps)
        disable-exits=A+B      what the guest does without leaving guest mode: mwait, hlt, pause, cstate; a HLT then
                               ends at a pause, and steps are not exact
        halt-poll-ns=N         how long a halted vCPU waits awake (default as the host is set)
  tcg   translated; needs no hardware virtualization
        deterministic=on|off   guest time counts instructions (default off; one vCPU)
        tier=all               code translated for this processor, hot loops compiled by LLVM beside it (default where
                               the processor has BMI2)
        tier=baseline          without LLVM
        tier=interp            the interpreter alone (default elsewhere)
        tier=llvm              the guest waits while LLVM compiles all that it can: for tests
        cache=FOLDER           hot loops that LLVM compiled are kept there, up to 64 MiB, and need no compiling the next
                               time the same guest code runs; nobody else may write to it
        gdb-jit=on|off         a gdb attached to duet itself knows compiled blocks by guest address (default off)
  Both: switch-after=N|Nms     change engines again and again, each after N instructions or N milliseconds
)";

// "kvm:tcg": in the order to try.
Result<std::vector<std::string>> parseEngines(std::string_view list) {
  constexpr std::string_view kEngines[] = {"auto", "kvm", "tcg"};
  std::vector<std::string> engines;
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find(':', at), list.size());
    engines.emplace_back(list.substr(at, end - at));
    if (auto ok = checkWord("-accel", engines.back(), kEngines); !ok) return tl::unexpected(ok.error());
    at = end + 1;
  }
  return engines;
}

Result<> setSwitch(bool& to, std::string_view option, std::string_view text) {
  const auto on = parseSwitch(option, text);
  if (!on) return tl::unexpected(on.error());
  to = *on;
  return {};
}

template <class T>
Result<> setNumber(T& to, std::string_view option, std::string_view text, u64 most) {
  const auto number = parseNumber(option, text, 0, most);
  if (!number) return tl::unexpected(number.error());
  to = static_cast<u32>(*number);
  return {};
}

Result<> setCache(AccelOption& accel, std::string_view option, const std::string& folder) {
  if (folder.empty()) return fail("{}: names a folder, such as cache=$HOME/.cache/duet", option);
  accel.cache = folder;
  return {};
}

// "hlt+pause".
Result<> setDisabledExits(AccelOption& accel, std::string_view option, const std::string& list) {
  constexpr std::string_view kExits[] = {"mwait", "hlt", "pause", "cstate"};
  std::vector<std::string>& names = accel.disableExits;
  names.clear();
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find('+', at), list.size());
    names.emplace_back(list.substr(at, end - at));
    if (auto ok = checkWord(option, names.back(), kExits); !ok) return ok;
    at = end + 1;
  }
  return {};
}

// "5000" instructions or "50ms".
Result<> setSwitchAfter(AccelOption& accel, std::string_view option, const std::string& text) {
  constexpr u64 kMostInstructions = 1'000'000'000'000, kMostMilliseconds = 3'600'000;
  const bool time = text.ends_with("ms");
  const auto n = parseNumber(option, std::string_view(text).substr(0, text.size() - (time ? 2 : 0)), 1,
                             time ? kMostMilliseconds : kMostInstructions);
  if (!n) return fail("{} (instructions, or milliseconds as in 50ms)", n.error().message);
  accel.switchAfter = time ? SwitchAfter{.instructions = 0, .milliseconds = *n}
                           : SwitchAfter{.instructions = *n, .milliseconds = 0};
  return {};
}

Result<> setTier(AccelOption& accel, std::string_view option, const std::string& tier) {
  constexpr std::string_view kTiers[] = {"interp", "baseline", "llvm", "all"};
  if (auto ok = checkWord(option, tier, kTiers); !ok) return ok;
  accel.tier = tier;
  return {};
}

// One thread a vCPU is what we always do.
Result<> checkThread(AccelOption&, std::string_view option, const std::string& thread) {
  constexpr std::string_view kThreads[] = {"multi"};
  return checkWord(option, thread, kThreads);
}

struct Property {
  std::string_view name, option;  // as errors call it
  Result<> (*set)(AccelOption& accel, std::string_view option, const std::string& value);
};

constexpr Property kProperties[] = {
    {"cache", "-accel tcg,cache", setCache},
    {"deterministic", "-accel tcg,deterministic",
     [](AccelOption& a, std::string_view o, const std::string& v) {
       return setSwitch(a.deterministic, o, v);
     }},
    {"dirty-ring-size", "-accel kvm,dirty-ring-size",
     [](AccelOption& a, std::string_view o, const std::string& v) {
       return setNumber(a.dirtyRing, o, v, 65536);
     }},
    {"disable-exits", "-accel kvm,disable-exits", setDisabledExits},
    {"gdb-jit", "-accel tcg,gdb-jit",
     [](AccelOption& a, std::string_view o, const std::string& v) { return setSwitch(a.gdbJit, o, v); }},
    {"halt-poll-ns", "-accel kvm,halt-poll-ns",
     [](AccelOption& a, std::string_view o, const std::string& v) {
       return setNumber(a.haltPollNs, o, v, 1'000'000'000);
     }},
    {"kernel-irqchip", "-accel kernel-irqchip", setKernelIrqchip},
    {"switch-after", "-accel switch-after", setSwitchAfter},
    {"thread", "-accel tcg,thread", checkThread},
    {"tier", "-accel tcg,tier", setTier},
};

}  // namespace

Result<> setKernelIrqchip(AccelOption& accel, std::string_view option, const std::string& mode) {
  constexpr std::string_view kModes[] = {"split", "on", "off"};
  if (auto ok = checkWord(option, mode, kModes); !ok) return ok;
  accel.kernelIrqchip = mode;
  return {};
}

Result<> applyAccel(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-accel", value);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->head == "help") {
    outcome.printAndLeave = kHelp;
    return {};
  }
  auto engines = parseEngines(parsed->head);
  if (!engines) return tl::unexpected(engines.error());
  std::vector<std::string_view> names;
  for (const Property& p : kProperties) names.push_back(p.name);
  if (auto ok = checkKeys("-accel", *parsed, names); !ok) return ok;
  for (const Property& p : kProperties) {
    const auto given = parsed->pairs.find(std::string(p.name));
    if (given == parsed->pairs.end()) continue;
    if (auto ok = p.set(outcome.options.accel, p.option, given->second); !ok) return ok;
  }
  outcome.options.accel.engines = std::move(*engines);
  return {};
}

Result<> applyOvercommit(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-overcommit", value);
  if (!parsed) return tl::unexpected(parsed.error());
  constexpr std::string_view kKeys[] = {"cpu-pm"};
  if (!parsed->head.empty() || parsed->pairs.empty())
    return fail("-overcommit {}: write cpu-pm=on or cpu-pm=off", value);
  if (auto ok = checkKeys("-overcommit", *parsed, kKeys); !ok) return ok;
  return setSwitch(outcome.options.accel.cpuPm, "-overcommit cpu-pm", parsed->pairs["cpu-pm"]);
}

}  // namespace duet::ui
