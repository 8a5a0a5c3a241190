#include "ui/app/serial_setup.h"

#include <map>

#include "hw/host/escape_filter.h"
#include "hw/host/make_char_backend.h"

namespace duet::ui {
namespace {

// With escape keys Ctrl-C belongs to the guest; without them it must still end duet.
constexpr const char* kWithKeys = "mon:stdio";

std::vector<std::string> wantedPorts(const Options& options) {
  if (!options.serial.empty()) return options.serial;
  if (options.nodefaults) return {};
  if (options.displayNone && !options.nographic) return {"null"};
  return {kWithKeys};
}

std::map<char, hw::EscapeKey> escapeKeys(const ConsoleActions& actions) {
  return {{'x', {"leave", actions.quit}},
          {'p', {"pause or go on", actions.togglePause}},
          {'r', {"reset the machine", actions.reset}},
          {'o', {"press the power button", actions.powerButton}},
          {'e', {"go on under the other engine", actions.switchEngine}}};
}

}  // namespace

Result<SerialSetup> setUpSerial(const Options& options, const ConsoleActions& actions) {
  SerialSetup setup;
  for (const std::string& spec : wantedPorts(options)) {
    if (spec == "none") continue;
    auto made = hw::makeCharBackend("-serial", spec);
    if (!made) return tl::unexpected(made.error());
    if (!made->notice.empty()) setup.notices.push_back(made->notice);
    if (made->usesTerminal) {
      if (setup.usesTerminal) return fail("-serial {}: another serial port already uses the terminal", spec);
      setup.usesTerminal = true;
      const bool keys = options.nographic || spec == kWithKeys;
      if (keys)
        made->backend = std::make_unique<hw::EscapeFilter>(std::move(made->backend), escapeKeys(actions));
      setup.terminal = std::make_unique<hw::TerminalMode>(!keys);
    }
    setup.ports.push_back(std::move(made->backend));
  }
  return setup;
}

Result<CharBackend*> addCharBackend(SerialSetup& setup, std::string_view option, const std::string& spec) {
  auto made = hw::makeCharBackend(option, spec);
  if (!made) return tl::unexpected(made.error());
  if (made->usesTerminal && setup.usesTerminal)
    return fail("{} {}: a serial port already uses the terminal; try file:PATH", option, spec);
  if (!made->notice.empty()) setup.notices.push_back(made->notice);
  setup.ports.push_back(std::move(made->backend));
  return setup.ports.back().get();
}

}  // namespace duet::ui
