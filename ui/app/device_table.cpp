#include "ui/app/device_table.h"

#include <span>
#include <vector>

#include "core/base/suggest.h"
#include "ui/app/suboptions.h"

namespace duet::ui {
namespace {

struct PropertySpec {
  std::string_view name;
  std::string_view defaultValue;
  u64 max;  // numbers 0..max; 0: any text
  std::string_view help;
};

struct DeviceSpec {
  std::string_view name;
  std::string_view help;
  std::vector<PropertySpec> properties;
};

const std::vector<DeviceSpec>& table() {
  static const std::vector<DeviceSpec> devices = {
      {"isa-debug-exit",
       "a write of V ends the process with status 2*V+1",
       {{"iobase", "0x501", 0xffff, "first I/O port"}, {"iosize", "2", 8, "number of ports"}}},
      {"isa-debugcon",
       "bytes written to one port go to standard error or a file",
       {{"iobase", "0xe9", 0xffff, "I/O port"},
        {"readback", "0xe9", 0xff, "what a read returns"},
        {"chardev", "stderr", 0, "stderr, stdio, null, file:PATH, unix:PATH or pty"}}},
      {"pc-testdev", "test device of the public CPU suites", {}},
      {"pci-testdev", "PCI device with test BARs", {{"addr", "", 0, "PCI slot, hexadecimal"}}},
      {"pvpanic", "tells the host that the guest kernel panicked", {{"ioport", "0x505", 0xffff, "I/O port"}}},
  };
  return devices;
}

const DeviceSpec* findDevice(std::string_view name) {
  for (const auto& d : table())
    if (d.name == name) return &d;
  return nullptr;
}

}  // namespace

Result<DeviceOption> checkDevice(DeviceOption device) {
  const DeviceSpec* spec = findDevice(device.name);
  if (!spec) {
    std::vector<std::string_view> names;
    for (const auto& d : table()) names.push_back(d.name);
    if (device.name.empty()) return fail("-device: no device is named; '-device help' lists them");
    return fail("-device {}: unknown device{}; '-device help' lists them", device.name,
                didYouMean(device.name, names));
  }
  std::vector<std::string_view> known = {"id", "help"};
  for (const auto& p : spec->properties) known.push_back(p.name);
  const std::string option = "-device " + device.name;
  if (auto ok = checkKeys(option, {device.name, device.properties}, known); !ok)
    return tl::unexpected(ok.error());
  for (const auto& p : spec->properties) {
    auto [value, fresh] = device.properties.emplace(p.name, p.defaultValue);
    if (fresh || p.max == 0) continue;
    auto number = parseNumber(option + "," + std::string(p.name), value->second, 0, p.max);
    if (!number) return tl::unexpected(number.error());
  }
  return device;
}

std::string deviceHelp() {
  std::string text = "Devices for -device (NAME,help shows the properties):\n";
  for (const auto& d : table()) text += fmt::format("  {:<16} {}\n", d.name, d.help);
  return text;
}

std::string devicePropertyHelp(const std::string& name) {
  const DeviceSpec* spec = findDevice(name);
  std::string text = fmt::format("Properties of -device {}:\n", name);
  for (const auto& p : spec->properties)
    text +=
        fmt::format("  {}={:<10} {}\n", p.name, p.defaultValue.empty() ? "(chosen)" : p.defaultValue, p.help);
  if (spec->properties.empty()) text += "  none\n";
  return text;
}

}  // namespace duet::ui
