#include "ui/app/option_values.h"

#include "ui/app/accel_options.h"
#include "ui/app/device_table.h"
#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

constexpr u64 kMinMemory = 1_MiB;
constexpr u64 kMaxMemory = 1024_GiB;  // what 40 physical address bits hold
constexpr unsigned kMaxVcpus = 255;   // 8-bit APIC IDs, 255 is the broadcast

constexpr std::string_view kMachines[] = {"q35", "pc"};

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
    if (auto ok = setKernelIrqchip(outcome.options.accel, "-machine kernel-irqchip",
                                   parsed->pairs["kernel-irqchip"]);
        !ok)
      return ok;
  if (!type.empty()) {
    if (auto ok = checkWord("-machine", type, kMachines); !ok) return ok;
    outcome.options.machine = "q35";
  }
  return parsed->pairs.count("accel") ? applyAccel(outcome, parsed->pairs["accel"]) : Result<>{};
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
