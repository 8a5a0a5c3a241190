// q and Q packets: what we can do, threads, the target description, QEMU's own ones, monitor commands.
#include <fmt/format.h>

#include "ui/monitor/gdb/registers.h"
#include "ui/monitor/gdb/replies.h"
#include "ui/monitor/gdb/session.h"

namespace duet::ui::gdb {
namespace {

const char* activityName(Activity a) {
  switch (a) {
    case Activity::Running:
      return "running";
    case Activity::Halted:
      return "halted";
    case Activity::WaitForSipi:
      return "waits for SIPI";
    case Activity::Shutdown:
      return "shut down";
  }
  return "";
}

constexpr const char* kMonitorHelp =
    "help          this list\n"
    "info cpus     what each vCPU does\n"
    "system_reset  reset the machine; it stays stopped\n"
    "quit          end the machine\n";

}  // namespace

Session::Reply Session::query(std::string_view text) {
  if (take(text, "Supported")) return supported(text);
  if (take(text, "Xfer:features:read:")) return description(text);
  if (text == "fThreadInfo") return threadList();
  if (text == "sThreadInfo") return "l";
  if (take(text, "ThreadExtraInfo,")) return threadInfo(text);
  if (text == "C") return fmt::format("QC{:x}", selected_ + 1);
  if (text == "Attached" || text.starts_with("Attached:")) return "1";
  if (take(text, "Rcmd,")) return monitor(text);
  if (text == "qemu.Supported") return "sstepbits;sstep;PhyMemMode";
  if (text == "qemu.sstepbits")
    return fmt::format("ENABLE={:x},NOIRQ={:x},NOTIMER={:x}", kStepEnable, kStepNoIrq, kStepNoTimer);
  if (text == "qemu.sstep") return fmt::format("0x{:x}", stepBits_);
  if (text == "qemu.PhyMemMode") return physical_ ? "1" : "0";
  return kUnknown;
}

Session::Reply Session::setting(std::string_view text) {
  if (text == "StartNoAckMode") {
    acknowledge_ = false;
    return kOk;
  }
  if (take(text, "qemu.PhyMemMode:")) {
    if (text != "0" && text != "1") return kBad;
    physical_ = text == "1";
    return kOk;
  }
  if (take(text, "qemu.sstep=")) {
    take(text, "0x");
    const auto bits = takeHex(text);
    if (!bits || !text.empty() || *bits > (kStepEnable | kStepNoIrq | kStepNoTimer)) return kBad;
    stepBits_ = static_cast<u32>(*bits);
    return kOk;
  }
  return kUnknown;
}

Session::Reply Session::supported(std::string_view features) {
  take(features, ":");
  while (!features.empty()) {
    const std::string_view word = features.substr(0, features.find(';'));
    features.remove_prefix(std::min(word.size() + 1, features.size()));
    namesBreaks_ |= word == "swbreak+";
    namesHardBreaks_ |= word == "hwbreak+";
  }
  return fmt::format(
      "PacketSize={:x};QStartNoAckMode+;qXfer:features:read+;vContSupported+;swbreak+;hwbreak+;binary-"
      "upload+",
      kMaxPacket);
}

Session::Reply Session::threadList() const {
  std::string list = "m";
  for (unsigned n = 1; n <= target_.vcpuCount(); ++n) list += fmt::format("{}{:x}", n == 1 ? "" : ",", n);
  return list;
}

Session::Reply Session::threadInfo(std::string_view text) {
  const ThreadId id = takeThread(text);
  if (!id.valid || id.every) return kBad;
  return toHex(fmt::format("vCPU {} [{}]", id.vcpu, activityName(target_.readState(id.vcpu).activity)));
}

// target.xml:OFFSET,LENGTH
Session::Reply Session::description(std::string_view text) const {
  if (!take(text, "target.xml:")) return "E00";
  const auto offset = takeHex(text);
  if (!offset || !take(text, ",")) return kBad;
  const auto length = takeHex(text);
  const std::string& xml = targetXml();
  if (!length || *offset > xml.size()) return kBad;
  const std::string_view part = std::string_view(xml).substr(*offset, std::min(*length, u64{kMaxPacket / 4}));
  return (*offset + part.size() < xml.size() ? "m" : "l") + escape(part);
}

Session::Reply Session::monitor(std::string_view hex) {
  const auto command = fromHex(hex);
  if (!command) return kBad;
  if (*command == "help") return toHex(std::string_view(kMonitorHelp));
  if (*command == "system_reset") {
    target_.reset();
    return kOk;
  }
  if (*command == "quit" || *command == "q") {
    target_.end();
    return kOk;
  }
  if (*command == "info cpus") {
    std::string text;
    for (unsigned n = 0; n < target_.vcpuCount(); ++n) {
      const CpuState state = target_.readState(n);
      text += fmt::format("{} vCPU {}: {} at {:#x}\n", n == selected_ ? '*' : ' ', n,
                          activityName(state.activity), codeAddress(state).value);
    }
    return toHex(text);
  }
  return toHex(fmt::format("unknown command '{}'; 'monitor help' lists the known ones\n", *command));
}

}  // namespace duet::ui::gdb
