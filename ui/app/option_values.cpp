#include "ui/app/option_values.h"

#include "core/base/suggest.h"
#include "ui/app/device_table.h"
#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

constexpr u64 kMinMemory = 1_MiB;
constexpr u64 kMaxMemory = 1024_GiB;  // what 40 physical address bits hold
constexpr unsigned kMaxVcpus = 255;   // 8-bit APIC IDs, 255 is the broadcast

constexpr std::string_view kMachines[] = {"q35", "pc"};

Result<> checkWord(std::string_view option, std::string_view word, std::span<const std::string_view> known) {
  std::string list;
  for (std::string_view k : known) {
    if (k == word) return {};
    list += (list.empty() ? "" : ", ") + std::string(k);
  }
  return fail("{} {}: unknown value{}; known: {}", option, word, didYouMean(word, known), list);
}

}  // namespace

Result<> applyMemory(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-m", value);
  if (!parsed) return tl::unexpected(parsed.error());
  constexpr std::string_view kKeys[] = {"size"};
  if (auto ok = checkKeys("-m", *parsed, kKeys); !ok) return ok;
  const std::string text = parsed->pairs.count("size") ? parsed->pairs["size"] : parsed->head;
  auto bytes = parseSize("-m", text, 1_MiB);
  if (!bytes) return tl::unexpected(bytes.error());
  if (*bytes < kMinMemory) return fail("-m {}: a machine needs at least 1M of memory; try -m 512M", text);
  if (*bytes > kMaxMemory) return fail("-m {}: more than the 1T a guest can have; try -m 4G", text);
  outcome.options.memoryBytes = (*bytes + kPageMask) & ~kPageMask;
  return {};
}

Result<> applySmp(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-smp", value);
  if (!parsed) return tl::unexpected(parsed.error());
  constexpr std::string_view kKeys[] = {"cpus", "sockets", "cores", "threads", "maxcpus"};
  if (auto ok = checkKeys("-smp", *parsed, kKeys); !ok) return ok;
  if (!parsed->head.empty() && !parsed->pairs.emplace("cpus", parsed->head).second)
    return fail("-smp {}: the number of vCPUs is given twice", value);
  auto number = [&](const char* key) -> Result<unsigned> {
    if (!parsed->pairs.count(key)) return 0u;
    auto n = parseNumber(fmt::format("-smp {}", key), parsed->pairs[key], 1, kMaxVcpus);
    if (!n) return tl::unexpected(n.error());
    return static_cast<unsigned>(*n);
  };
  auto cpus = number("cpus"), sockets = number("sockets"), cores = number("cores"),
       threads = number("threads"), maximum = number("maxcpus");
  for (auto* n : {&cpus, &sockets, &cores, &threads, &maximum})
    if (!*n) return tl::unexpected(n->error());

  CpuTopology t{std::max(1u, *sockets), *cores, std::max(1u, *threads)};
  const unsigned wanted = *cpus ? *cpus : t.sockets * std::max(1u, t.cores) * t.threads;
  if (t.cores == 0) t.cores = std::max(1u, wanted / (t.sockets * t.threads));
  if (t.count() != wanted)
    return fail("-smp {}: {} sockets x {} cores x {} threads are {} vCPUs, not {}", value, t.sockets, t.cores,
                t.threads, t.count(), wanted);
  if (wanted > kMaxVcpus) return fail("-smp {}: at most {} vCPUs", value, kMaxVcpus);
  if (*maximum && *maximum != wanted)
    return fail("-smp {}: vCPUs cannot be added later, so maxcpus must be {}", value, wanted);
  outcome.options.topology = t;
  return {};
}

namespace {

Result<> setKernelIrqchip(ParseOutcome& outcome, std::string_view option, const std::string& value) {
  constexpr std::string_view kModes[] = {"split", "on", "off"};
  if (auto ok = checkWord(fmt::format("{} kernel-irqchip", option), value, kModes); !ok) return ok;
  outcome.options.accel.kernelIrqchip = value;
  return {};
}

}  // namespace

Result<> applyMachine(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-machine", value);
  if (!parsed) return tl::unexpected(parsed.error());
  std::string type = parsed->pairs.count("type") ? parsed->pairs["type"] : parsed->head;
  if (type == "help") {
    outcome.printAndLeave =
        "Machines for -machine:\n  q35   PC with PCI Express (ICH9 south bridge) (default)\n"
        "  pc    the same machine, under the name people type\n"
        "        hpet=on|off   with or without the high-precision event timer (default on)\n"
        "        smm=on|off    system-management mode for firmware (default on)\n"
        "        kernel-irqchip=split|on|off   kvm: interrupt chips that the host's kernel runs: local "
        "APICs\n"
        "                      (default), these, I/O APIC, 8259s and 8254, none\n";
    return {};
  }
  constexpr std::string_view kKeys[] = {"type", "accel", "hpet", "smm", "kernel-irqchip"};
  if (auto ok = checkKeys("-machine", *parsed, kKeys); !ok) return ok;
  for (auto [key, target] :
       {std::pair{"hpet", &outcome.options.hpet}, std::pair{"smm", &outcome.options.smm}}) {
    if (!parsed->pairs.count(key)) continue;
    auto on = parseSwitch(fmt::format("-machine {}", key), parsed->pairs[key]);
    if (!on) return tl::unexpected(on.error());
    *target = *on;
  }
  if (parsed->pairs.count("kernel-irqchip"))
    if (auto ok = setKernelIrqchip(outcome, "-machine", parsed->pairs["kernel-irqchip"]); !ok) return ok;
  if (!type.empty()) {
    if (auto ok = checkWord("-machine", type, kMachines); !ok) return ok;
    outcome.options.machine = "q35";
  }
  return parsed->pairs.count("accel") ? applyAccel(outcome, parsed->pairs["accel"]) : Result<>{};
}

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

namespace {

// "5000" instructions or "50ms".
Result<SwitchAfter> parseSwitchAfter(std::string_view text) {
  constexpr u64 kMostInstructions = 1'000'000'000'000, kMostMilliseconds = 3'600'000;
  const bool time = text.ends_with("ms");
  const auto n = parseNumber("-accel switch-after", text.substr(0, text.size() - (time ? 2 : 0)), 1,
                             time ? kMostMilliseconds : kMostInstructions);
  if (!n) return fail("{} (instructions, or milliseconds as in 50ms)", n.error().message);
  return time ? SwitchAfter{.instructions = 0, .milliseconds = *n}
              : SwitchAfter{.instructions = *n, .milliseconds = 0};
}

}  // namespace

namespace {

// "hlt+pause".
Result<> setDisabledExits(ParseOutcome& outcome, std::string_view list) {
  constexpr std::string_view kExits[] = {"mwait", "hlt", "pause", "cstate"};
  std::vector<std::string>& names = outcome.options.accel.disableExits;
  names.clear();
  for (size_t at = 0; at <= list.size();) {
    const size_t end = std::min(list.find('+', at), list.size());
    names.emplace_back(list.substr(at, end - at));
    if (auto ok = checkWord("-accel kvm,disable-exits", names.back(), kExits); !ok) return ok;
    at = end + 1;
  }
  return {};
}

}  // namespace

Result<> applyOvercommit(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-overcommit", value);
  if (!parsed) return tl::unexpected(parsed.error());
  constexpr std::string_view kKeys[] = {"cpu-pm"};
  if (!parsed->head.empty() || parsed->pairs.empty())
    return fail("-overcommit {}: write cpu-pm=on or cpu-pm=off", value);
  if (auto ok = checkKeys("-overcommit", *parsed, kKeys); !ok) return ok;
  auto on = parseSwitch("-overcommit cpu-pm", parsed->pairs["cpu-pm"]);
  if (!on) return tl::unexpected(on.error());
  outcome.options.accel.cpuPm = *on;
  return {};
}

Result<> applyAccel(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-accel", value);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->head == "help") {
    outcome.printAndLeave =
        "Engines for -accel (or several with ':' between, the first that works is taken):\n"
        "  auto  kvm where the host's KVM can run a whole PC, else tcg (default)\n"
        "  kvm   the host kernel's KVM; --host-report shows what it can do\n"
        "        kernel-irqchip=split|on|off   as with -machine\n"
        "        dirty-ring-size=N      written pages are told in rings of N entries (default 0: in "
        "bitmaps)\n"
        "        disable-exits=A+B      what the guest does without leaving guest mode: mwait, hlt, pause, "
        "cstate; "
        "a HLT then\n"
        "                               ends at a pause, and steps are not exact\n"
        "        halt-poll-ns=N         how long a halted vCPU waits awake (default as the host is set)\n"
        "  tcg   translated; needs no hardware virtualization\n"
        "        deterministic=on|off   guest time counts instructions (default off; one vCPU)\n"
        "        tier=interp|baseline|llvm|all\n"
        "                               what runs guest code: the interpreter; code translated for this "
        "processor;\n"
        "                               that, and hot loops compiled by LLVM while the guest waits; or "
        "beside it "
        "(all,\n"
        "                               the default where the processor has BMI2)\n"
        "        cache=FOLDER           hot loops that LLVM compiled are kept there, up to 64 MiB, and need "
        "no compiling "
        "the next\n"
        "                               time the same guest code runs; nobody else may write to it\n"
        "        gdb-jit=on|off         a gdb attached to duet itself knows compiled blocks by guest address "
        "(default off)\n"
        "  Both: switch-after=N|Nms     change engines again and again, each after N instructions or N "
        "milliseconds\n";
    return {};
  }
  auto engines = parseEngines(parsed->head);
  if (!engines) return tl::unexpected(engines.error());
  constexpr std::string_view kKeys[] = {"cache",   "deterministic", "dirty-ring-size", "disable-exits",
                                        "gdb-jit", "halt-poll-ns",  "kernel-irqchip",  "tier",
                                        "thread",  "switch-after"};
  if (auto ok = checkKeys("-accel tcg", *parsed, kKeys); !ok) return ok;
  if (parsed->pairs.count("tier")) {
    constexpr std::string_view kTiers[] = {"interp", "baseline", "llvm", "all"};
    if (auto ok = checkWord("-accel tcg,tier", parsed->pairs["tier"], kTiers); !ok) return ok;
    outcome.options.accel.tier = parsed->pairs["tier"];
  }
  if (parsed->pairs.count("cache")) {
    if (parsed->pairs["cache"].empty())
      return fail("-accel tcg,cache: names a folder, such as cache=$HOME/.cache/duet");
    outcome.options.accel.cache = parsed->pairs["cache"];
  }
  if (parsed->pairs.count("gdb-jit")) {
    auto on = parseSwitch("-accel tcg,gdb-jit", parsed->pairs["gdb-jit"]);
    if (!on) return tl::unexpected(on.error());
    outcome.options.accel.gdbJit = *on;
  }
  if (parsed->pairs.count("thread")) {  // one thread a vCPU is what we always do
    constexpr std::string_view kThreads[] = {"multi"};
    if (auto ok = checkWord("-accel tcg,thread", parsed->pairs["thread"], kThreads); !ok) return ok;
  }
  if (parsed->pairs.count("halt-poll-ns")) {
    auto limit = parseNumber("-accel kvm,halt-poll-ns", parsed->pairs["halt-poll-ns"], 0, 1'000'000'000);
    if (!limit) return tl::unexpected(limit.error());
    outcome.options.accel.haltPollNs = static_cast<u32>(*limit);
  }
  if (parsed->pairs.count("disable-exits"))
    if (auto ok = setDisabledExits(outcome, parsed->pairs["disable-exits"]); !ok) return ok;
  if (parsed->pairs.count("dirty-ring-size")) {
    auto entries = parseNumber("-accel kvm,dirty-ring-size", parsed->pairs["dirty-ring-size"], 0, 65536);
    if (!entries) return tl::unexpected(entries.error());
    outcome.options.accel.dirtyRing = static_cast<u32>(*entries);
  }
  if (parsed->pairs.count("kernel-irqchip"))
    if (auto ok = setKernelIrqchip(outcome, "-accel", parsed->pairs["kernel-irqchip"]); !ok) return ok;
  if (parsed->pairs.count("deterministic")) {
    auto on = parseSwitch("-accel tcg,deterministic", parsed->pairs["deterministic"]);
    if (!on) return tl::unexpected(on.error());
    outcome.options.accel.deterministic = *on;
  }
  if (parsed->pairs.count("switch-after")) {
    auto after = parseSwitchAfter(parsed->pairs["switch-after"]);
    if (!after) return tl::unexpected(after.error());
    outcome.options.accel.switchAfter = *after;
  }
  outcome.options.accel.engines = std::move(*engines);
  return {};
}

Result<> applyDevice(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-device", value);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->head == "help") {
    outcome.printAndLeave = deviceHelp();
    return {};
  }
  if (auto driver = parsed->pairs.find("driver"); parsed->head.empty() && driver != parsed->pairs.end()) {
    parsed->head = driver->second;
    parsed->pairs.erase(driver);
  }
  auto device = checkDevice({parsed->head, parsed->pairs});
  if (!device) return tl::unexpected(device.error());
  if (parsed->pairs.count("help")) {
    outcome.printAndLeave = devicePropertyHelp(parsed->head);
    return {};
  }
  outcome.options.devices.push_back(*device);
  return {};
}

Result<> applyDisplay(ParseOutcome& outcome, std::string_view value) {
  if (value == "help") {
    outcome.printAndLeave =
        "Displays for -display:\n  none   no display; the serial port is the way in (default)\n";
    return {};
  }
  constexpr std::string_view kDisplays[] = {"none"};
  outcome.options.displayNone = true;
  return checkWord("-display", value, kDisplays);
}

namespace {

Result<> setGdb(ParseOutcome& outcome, std::string_view option, std::string_view value) {
  auto address = gdb::parseAddress(option, value);
  if (!address) return tl::unexpected(address.error());
  outcome.options.gdb = *address;
  outcome.options.gdbOption = option;
  return {};
}

}  // namespace

Result<> applyGdb(ParseOutcome& outcome, std::string_view value) { return setGdb(outcome, "-gdb", value); }

Result<> applyDefaultGdb(ParseOutcome& outcome, std::string_view) {
  return setGdb(outcome, "-s", "tcp::1234");
}

Result<> applyRtc(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-rtc", value);
  if (!parsed) return tl::unexpected(parsed.error());
  if (parsed->head == "help") {
    outcome.printAndLeave = "-rtc base=utc|localtime|YYYY-MM-DDTHH:MM:SS\n";
    return {};
  }
  constexpr std::string_view kKeys[] = {"base"};
  if (!parsed->head.empty()) return fail("-rtc {}: write base=utc, base=localtime or base=DATE", value);
  if (auto ok = checkKeys("-rtc", *parsed, kKeys); !ok) return ok;
  if (parsed->pairs.count("base")) outcome.options.rtcBase = parsed->pairs["base"];
  return {};
}

Result<> applyName(ParseOutcome& outcome, std::string_view value) {
  auto parsed = parseSuboptions("-name", value);
  if (!parsed) return tl::unexpected(parsed.error());
  constexpr std::string_view kKeys[] = {"guest"};
  if (auto ok = checkKeys("-name", *parsed, kKeys); !ok) return ok;
  outcome.options.name = parsed->pairs.count("guest") ? parsed->pairs["guest"] : parsed->head;
  return {};
}

}  // namespace duet::ui
