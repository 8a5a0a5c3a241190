// The serial ports' host sides, as -serial, -nographic and -display ask for.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "core/backend/char_backend.h"
#include "core/base/result.h"
#include "hw/host/terminal_mode.h"
#include "ui/app/options.h"

namespace duet::ui {

struct ConsoleActions {
  std::function<void()> quit, togglePause, reset, powerButton, switchEngine;
};

struct SerialSetup {
  std::vector<std::unique_ptr<CharBackend>> ports;
  std::unique_ptr<hw::TerminalMode> terminal;  // set when a port uses the terminal
  std::vector<std::string> notices;            // to print before the guest starts
  bool usesTerminal = false;
};

// Opens everything; an error leaves nothing open.
Result<SerialSetup> setUpSerial(const Options& options, const ConsoleActions& actions);

// One more character backend (for -device isa-debugcon). Refuses stdio when a serial port has it.
Result<CharBackend*> addCharBackend(SerialSetup& setup, std::string_view option, const std::string& spec);

}  // namespace duet::ui
