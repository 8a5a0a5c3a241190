// The user's terminal in raw mode while a guest uses it, put back in every way the process can end.
#pragma once

#include <termios.h>

namespace duet::hw {

// One at a time. Does nothing when standard input is not a terminal.
class TerminalMode {
 public:
  // `keepSignals`: Ctrl-C still interrupts duet instead of going to the guest.
  explicit TerminalMode(bool keepSignals);
  ~TerminalMode();
  TerminalMode(const TerminalMode&) = delete;
  TerminalMode& operator=(const TerminalMode&) = delete;

  // Puts the terminal back; async-signal-safe, any number of times.
  static void restore();
};

}  // namespace duet::hw
