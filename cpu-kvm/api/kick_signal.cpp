#include "cpu-kvm/api/kick_signal.h"

#include <csignal>

namespace duet::kvm {

int kickSignal() { return SIGRTMIN + 1; }

void installKickSignal() {
  static const bool installed = [] {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    sigemptyset(&action.sa_mask);
    return sigaction(kickSignal(), &action, nullptr) == 0;
  }();
  (void)installed;
}

}  // namespace duet::kvm
