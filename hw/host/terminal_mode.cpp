#include "hw/host/terminal_mode.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>

namespace duet::hw {
namespace {

termios saved;
std::atomic<bool> raw{false};

// Neither a crash nor a kill may leave the shell without echo: put the terminal back, then die of the same signal.
// Whoever handles a signal otherwise did so before and is left alone.
void onFatalSignal(int number) {
  TerminalMode::restore();
  ::signal(number, SIG_DFL);
  ::raise(number);
}

}  // namespace

TerminalMode::TerminalMode(bool keepSignals) {
  if (!::isatty(STDIN_FILENO) || ::tcgetattr(STDIN_FILENO, &saved) != 0) return;
  termios mode = saved;
  mode.c_iflag &= ~static_cast<tcflag_t>(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
  mode.c_oflag |= OPOST;
  mode.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL | ICANON | IEXTEN);
  if (!keepSignals) mode.c_lflag &= ~static_cast<tcflag_t>(ISIG);
  mode.c_cc[VMIN] = 1;
  mode.c_cc[VTIME] = 0;
  if (::tcsetattr(STDIN_FILENO, TCSANOW, &mode) != 0) return;
  raw = true;
  static const bool atExit = std::atexit(restore) == 0;
  (void)atExit;
  for (int number : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT}) {
    struct sigaction action{};
    ::sigaction(number, nullptr, &action);
    if (action.sa_handler == SIG_DFL) ::signal(number, onFatalSignal);  // leave a sanitizer's handler alone
  }
}

TerminalMode::~TerminalMode() { restore(); }

void TerminalMode::restore() {
  if (raw.exchange(false)) ::tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

}  // namespace duet::hw
