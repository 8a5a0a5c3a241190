#include "cpu-tcg/native/simd_trap.h"

#include <ucontext.h>
#include <csignal>
#include <mutex>

namespace duet::tcg {

namespace {

thread_local NativeState* running = nullptr;  // in the Unmasked form of a stub on this thread
struct sigaction previous = {};

void forward(int number, siginfo_t* info, void* context) {
  if (previous.sa_flags & SA_SIGINFO) return previous.sa_sigaction(number, info, context);
  if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) return previous.sa_handler(number);
  sigaction(number, &previous, nullptr);  // the instruction is repeated and ends the process
}

void onSigfpe(int number, siginfo_t* info, void* context) {
  NativeState* state = running;
  if (!state) return forward(number, info, context);
  mcontext_t& machine = static_cast<ucontext_t*>(context)->uc_mcontext;
  state->raised = machine.fpregs->mxcsr & kMxcsrFlags;
  machine.fpregs->mxcsr = state->hostMxcsr;
  machine.gregs[REG_RIP] = static_cast<greg_t>(state->trapReturn);
}

}  // namespace

void installSimdTrap() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction action = {};
    action.sa_sigaction = onSigfpe;
    action.sa_flags = SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    sigaction(SIGFPE, &action, &previous);
  });
}

bool runTrapping(Stub::Entry entry, NativeState& state, void* memory) {
  running = &state;
  const u32 trapped = entry(&state, memory);
  running = nullptr;
  return trapped == 0;
}

}  // namespace duet::tcg
