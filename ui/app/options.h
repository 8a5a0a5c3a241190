// What the command line asked for, as a value. Parsing checks grammar and single values; what depends on
// the host (files, engine, CPU features) is checked when the machine is built.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/cpu/cpu_model.h"
#include "ui/monitor/gdb/address.h"

namespace duet::ui {

struct DeviceOption {
  std::string name;
  std::map<std::string, std::string> properties;
};

// Change engines again and again; zeros: only when asked to.
struct SwitchAfter {
  u64 instructions = 0, milliseconds = 0;
  bool any() const { return instructions || milliseconds; }
};

struct AccelOption {
  // The first that works here is taken; auto stands for kvm, then tcg.
  std::vector<std::string> engines = {"auto"};
  std::string tier;            // of tcg; empty: all that the host can do
  bool deterministic = false;  // guest time counts instructions (one vCPU)
  bool statistics = false;     // -stats
  bool perfMap = false, jitDump = false, gdbJit = false;
  std::string cache;        // a folder for compiled regions; empty: none
  SwitchAfter switchAfter;  // insists on both engines
  std::optional<u32> haltPollNs;
  std::vector<std::string> disableExits;  // by name
  bool cpuPm = false;                     // -overcommit: all that the host has
  u32 dirtyRing = 0;
  std::string kernelIrqchip;  // off, split, on; empty: split where the host has it
};

enum class HostReportFormat : u8 { None, Text, Json };

struct Options {
  u64 memoryBytes = 512_MiB;
  CpuTopology topology;
  std::optional<std::string> cpu;  // none: max, of what both engines can run
  std::string machine = "q35";
  bool smm = true;  // -machine smm=
  AccelOption accel;
  std::string kernel, append, bios;
  std::string initrd;               // a file; for Multiboot a comma-separated list of modules with arguments
  std::vector<std::string> serial;  // -serial specs in order; empty: the default
  bool nographic = false;
  bool displayNone = false;
  bool nodefaults = false;
  bool hpet = true;
  bool noReboot = false;
  bool noShutdown = false;
  bool startPaused = false;
  gdb::Address gdb;
  std::string gdbOption;  // how it was asked for: -s or -gdb, for messages
  std::vector<DeviceOption> devices;
  std::string logItems, logFile;
  std::string name = "duet";
  std::string rtcBase = "utc";
  HostReportFormat hostReport = HostReportFormat::None;  // print it and leave
};

// Either options to run with, or text to print and leave with status 0 (-help, -version, `-M help`).
struct ParseOutcome {
  Options options;
  std::optional<std::string> printAndLeave;
};

// `arguments` without the program's name.
Result<ParseOutcome> parseOptions(const std::vector<std::string>& arguments);

std::string usageText();

}  // namespace duet::ui
