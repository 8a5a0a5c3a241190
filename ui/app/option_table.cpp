#include "ui/app/option_table.h"

#include "core/base/log.h"
#include "ui/app/accel_options.h"
#include "ui/app/option_values.h"
#include "ui/app/suboptions.h"
#include "ui/app/version.h"

namespace duet::ui {
namespace {

template <std::string Options::* Member>
Result<> setText(ParseOutcome& outcome, std::string_view value) {
  outcome.options.*Member = value;
  return {};
}

template <bool Options::* Member>
Result<> setFlag(ParseOutcome& outcome, std::string_view) {
  outcome.options.*Member = true;
  return {};
}

Result<> applyCpu(ParseOutcome& outcome, std::string_view value) {
  if (value == "help" || value == "?")
    outcome.printAndLeave = CpuModel::help();
  else
    outcome.options.cpu = value;
  return {};
}

Result<> applySerial(ParseOutcome& outcome, std::string_view value) {
  outcome.options.serial.emplace_back(value);
  return {};
}

Result<> applyLog(ParseOutcome& outcome, std::string_view value) {
  if (value == "help" || value == "?")
    outcome.printAndLeave = logChannelHelp();
  else
    outcome.options.logItems = value;
  return {};
}

template <bool AccelOption::* Member>
Result<> setAccelFlag(ParseOutcome& outcome, std::string_view) {
  outcome.options.accel.*Member = true;
  return {};
}

Result<> applyHelp(ParseOutcome& outcome, std::string_view) {
  outcome.printAndLeave = usageText();
  return {};
}

Result<> applyVersion(ParseOutcome& outcome, std::string_view) {
  outcome.printAndLeave = fmt::format("duet {}\n", kVersion);
  return {};
}

Result<> applyHostReport(ParseOutcome& outcome, std::string_view format) {
  if (!format.empty() && format != "json")
    return fail("-host-report={}: there is =json, or nothing for text", format);
  outcome.options.hostReport = format.empty() ? HostReportFormat::Text : HostReportFormat::Json;
  return {};
}

Result<> applyEnableKvm(ParseOutcome& outcome, std::string_view) { return applyAccel(outcome, "kvm"); }

Result<> applyNoHpet(ParseOutcome& outcome, std::string_view) {
  outcome.options.hpet = false;
  return {};
}

constexpr OptionSpec kOptions[] = {
    {"m", "SIZE", "guest memory: a number of MiB, or with K, M, G, T (default 512M)", "-m 2G", applyMemory},
    {"smp", "N[,sockets=S,cores=C,threads=T]", "number of vCPUs and how they are grouped (default 1)",
     "-smp 4", applySmp},
    {"cpu", "MODEL[,±FEATURE]", "CPU model: max, host, or a name; features added or removed",
     "-cpu Haswell,-avx2", applyCpu},
    {"machine", "[TYPE][,hpet=on|off]", "machine type; -M is the same", "-machine q35", applyMachine},
    {"M", "TYPE", "short for -machine", "-M q35", applyMachine},
    {"accel", "ENGINE[:ENGINE][,PROPERTY=VALUE]", "what runs guest code: auto (default), kvm, tcg",
     "-accel kvm:tcg", applyAccel},
    {"enable-kvm", "", "short for -accel kvm", "", applyEnableKvm},
    {"overcommit", "cpu-pm=on|off",
     "kvm: let vCPUs wait and sleep on the processor itself, for processors of their own",
     "-overcommit cpu-pm=on", applyOvercommit},
    {"kernel", "FILE", "Linux bzImage, ELF (PVH or plain) or Multiboot kernel to start", "-kernel bzImage",
     setText<&Options::kernel>},
    {"initrd", "FILE[,FILE]", "initial ramdisk; for Multiboot the list of modules", "-initrd initrd.img",
     setText<&Options::initrd>},
    {"append", "TEXT", "kernel command line", "-append \"console=ttyS0\"", setText<&Options::append>},
    {"bios", "FILE", "firmware image to start at the reset vector", "-bios bios-256k.bin",
     setText<&Options::bios>},
    {"serial", "BACKEND", "next serial port: stdio, file:PATH, unix:PATH[,server], pty, null, none",
     "-serial stdio", applySerial},
    {"nographic", "", "no display; serial port and Ctrl-A keys on this terminal", "",
     setFlag<&Options::nographic>},
    {"display", "TYPE", "where the guest's screen goes", "-display none", applyDisplay},
    {"nodefaults", "", "leave out the devices nobody asked for", "", setFlag<&Options::nodefaults>},
    {"no-hpet", "", "short for -machine hpet=off", "", applyNoHpet},
    {"no-reboot", "", "end instead of rebooting", "", setFlag<&Options::noReboot>},
    {"no-shutdown", "", "pause instead of ending when the guest powers off", "",
     setFlag<&Options::noShutdown>},
    {"device", "NAME[,PROPERTY=VALUE]", "add a device", "-device isa-debug-exit,iobase=0xf4,iosize=0x4",
     applyDevice},
    {"d", "ITEM[,ITEM]", "log these items", "-d int,mmu", applyLog},
    {"D", "FILE", "write the log to this file instead of standard error", "-D duet.log",
     setText<&Options::logFile>},
    {"stats", "", "at the end, print what the translator did: blocks, code, handlers, TLB (tcg)", "",
     setAccelFlag<&AccelOption::statistics>},
    {"perfmap", "", "name compiled blocks for perf report in /tmp/perf-PID.map (tcg)", "",
     setAccelFlag<&AccelOption::perfMap>},
    {"jitdump", "", "write compiled blocks for perf inject --jit to ./jit-PID.dump (tcg)", "",
     setAccelFlag<&AccelOption::jitDump>},
    {"S", "", "start paused (Ctrl-A p, or a debugger's continue, goes on)", "",
     setFlag<&Options::startPaused>},
    {"gdb", "PLACE", "let gdb connect: tcp:[HOST]:PORT (no HOST: from this computer alone), unix:PATH, none",
     "-gdb tcp::1234", applyGdb},
    {"s", "", "short for -gdb tcp::1234", "", applyDefaultGdb},
    {"name", "TEXT", "name of the guest, shown in the process title", "-name web1", applyName},
    {"rtc", "base=utc|localtime|DATE", "what the clock chip shows at start", "-rtc base=localtime", applyRtc},
    {"host-report", "[=json]", "try what the host's KVM can do, and print it", "", applyHostReport},
    {"version", "", "print the version", "", applyVersion},
    {"help", "", "print this text", "", applyHelp},
    {"h", "", "print this text", "", applyHelp},
};

}  // namespace

std::span<const OptionSpec> optionTable() { return kOptions; }

}  // namespace duet::ui
