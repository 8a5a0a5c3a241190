#include "tests/unit/isa/host_probe.h"

#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>

#include <cstdlib>
#include <cstring>

namespace duet::tcg::isa {
namespace {

constexpr size_t kPage = 4096;

sigjmp_buf resume;
volatile int caughtSignal;
volatile u64 faultAddress;
volatile u64 faultRip;
alignas(64) u8 scratch[64 * 1024];
u8 signalStack[64 * 1024];

void onSignal(int number, siginfo_t* info, void* context) {
  caughtSignal = number;
  faultAddress = reinterpret_cast<u64>(info->si_addr);
  faultRip = static_cast<u64>(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
  siglongjmp(resume, 1);
}

void execute(const u8* at) {
  if (sigsetjmp(resume, 1)) return;
  // Every base register that the test uses points into the scratch buffer.
  asm volatile(
      "mov %0, %%r11\n mov %1, %%rax\n mov %%rax, %%rcx\n mov %%rax, %%rdx\n mov %%rax, %%rsi\n"
      "mov %%rax, %%rdi\n mov %%rax, %%r8\n mov %%rax, %%r9\n jmp *%%r11"
      :
      : "r"(at), "r"(scratch + sizeof(scratch) / 2)
      : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r11", "memory");
}

}  // namespace

HostProbe::HostProbe() {
  stack_t stack = {};
  stack.ss_sp = signalStack;
  stack.ss_size = sizeof(signalStack);
  sigaltstack(&stack, nullptr);
  struct sigaction action = {};
  action.sa_sigaction = onSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  for (const int number : {SIGILL, SIGSEGV, SIGTRAP, SIGBUS, SIGFPE}) sigaction(number, &action, nullptr);
  void* pages =
      mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) abort();
  page_ = static_cast<u8*>(pages);
  mprotect(page_ + kPage, kPage, PROT_NONE);
}

HostAnswer HostProbe::ask(std::span<const u8> bytes) {
  const u64 end = reinterpret_cast<u64>(page_) + kPage;
  for (unsigned length = 1; length <= bytes.size(); ++length) {
    u8* at = page_ + kPage - length;
    std::memcpy(at, bytes.data(), length);
    caughtSignal = 0;
    execute(at);
    const bool wantsMore =
        caughtSignal == SIGSEGV && faultAddress == end && faultRip == reinterpret_cast<u64>(at);
    if (!wantsMore) return {caughtSignal == SIGILL, length};
  }
  return {false, static_cast<unsigned>(bytes.size()) + 1};
}

}  // namespace duet::tcg::isa
