#include "tests/unit/sem/host_runner.h"

#include <sys/mman.h>

#include <csetjmp>
#include <csignal>
#include <cstring>

#include "core/base/assert.h"

extern "C" {
void duetHostCall(duet::tcg::HostState* state, const void* code);
}

// State in rdi, code in rsi. The pointers live in memory while the instruction has all registers.
asm(R"(
.data
.balign 8
duetHostStatePointer: .quad 0
duetHostCodePointer: .quad 0
duetHostRdi: .quad 0
.text
.globl duetHostCall
duetHostCall:
  push %rbx
  push %rbp
  push %r12
  push %r13
  push %r14
  push %r15
  mov %rdi, duetHostStatePointer(%rip)
  mov %rsi, duetHostCodePointer(%rip)
  push 128(%rdi)
  popfq
  mov 0(%rdi), %rax
  mov 8(%rdi), %rcx
  mov 16(%rdi), %rdx
  mov 24(%rdi), %rbx
  mov 40(%rdi), %rbp
  mov 48(%rdi), %rsi
  mov 64(%rdi), %r8
  mov 72(%rdi), %r9
  mov 80(%rdi), %r10
  mov 88(%rdi), %r11
  mov 96(%rdi), %r12
  mov 104(%rdi), %r13
  mov 112(%rdi), %r14
  mov 120(%rdi), %r15
  mov 56(%rdi), %rdi
  call *duetHostCodePointer(%rip)
  mov %rdi, duetHostRdi(%rip)
  mov duetHostStatePointer(%rip), %rdi
  mov %rax, 0(%rdi)
  mov %rcx, 8(%rdi)
  mov %rdx, 16(%rdi)
  mov %rbx, 24(%rdi)
  mov %rbp, 40(%rdi)
  mov %rsi, 48(%rdi)
  mov %r8, 64(%rdi)
  mov %r9, 72(%rdi)
  mov %r10, 80(%rdi)
  mov %r11, 88(%rdi)
  mov %r12, 96(%rdi)
  mov %r13, 104(%rdi)
  mov %r14, 112(%rdi)
  mov %r15, 120(%rdi)
  mov duetHostRdi(%rip), %rax
  mov %rax, 56(%rdi)
  pushfq
  pop 128(%rdi)
  cld
  pop %r15
  pop %r14
  pop %r13
  pop %r12
  pop %rbp
  pop %rbx
  ret
)");

namespace duet::tcg {
namespace {

sigjmp_buf raised;

void onSignal(int) { siglongjmp(raised, 1); }

u8* codePage() {
  static u8* const page = [] {
    void* p =
        ::mmap(nullptr, kPageSize, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    DUET_ASSERT(p != MAP_FAILED);
    return static_cast<u8*>(p);
  }();
  return page;
}

}  // namespace

bool runOnHost(std::span<const u8> instruction, HostState& state) {
  u8* code = codePage();
  std::memcpy(code, instruction.data(), instruction.size());
  code[instruction.size()] = 0xc3;
  struct sigaction action = {}, oldFpe, oldSegv;
  action.sa_handler = onSignal;
  ::sigaction(SIGFPE, &action, &oldFpe);
  ::sigaction(SIGSEGV, &action, &oldSegv);
  bool ok = false;
  HostState work = state;
  if (sigsetjmp(raised, 1) == 0) {
    duetHostCall(&work, code);
    ok = true;
  }
  asm volatile("cld");
  ::sigaction(SIGFPE, &oldFpe, nullptr);
  ::sigaction(SIGSEGV, &oldSegv, nullptr);
  if (ok) state = work;
  return ok;
}

bool hostIsIntel() { return __builtin_cpu_is("intel"); }

}  // namespace duet::tcg
