#include "tests/unit/native/host_runner.h"

#include <asmjit/x86.h>

#include <sys/mman.h>
#include <ucontext.h>
#include <csetjmp>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace duet::tcg::test {

namespace x86 = asmjit::x86;

namespace {

alignas(64) FullState work;
sigjmp_buf escape;
volatile int caughtSignal;
volatile u32 caughtMxcsr;

constexpr int kFlags = offsetof(FullState, flags), kXsave = offsetof(FullState, xsave);
constexpr int kXstateBv = kXsave + 512;

void xstateComponents(x86::Assembler& a) {
  a.mov(x86::eax, 7);
  a.xor_(x86::edx, x86::edx);
}

void emitLoad(x86::Assembler& a) {
  for (u32 r : {3, 5, 12, 13, 14, 15}) a.push(x86::gpq(r));
  a.mov(x86::r8, reinterpret_cast<u64>(&work));
  xstateComponents(a);
  a.xrstor(x86::ptr(x86::r8, kXsave));
  a.push(x86::qword_ptr(x86::r8, kFlags));
  a.popfq();
  for (u32 r = 0; r < 16; ++r) {
    if (r != 4 && r != 8) a.mov(x86::gpq(r), x86::qword_ptr(x86::r8, static_cast<i32>(8 * r)));
  }
  a.mov(x86::r8, x86::qword_ptr(x86::r8, 64));
}

void emitStore(x86::Assembler& a) {
  const u8 storeRax[] = {0x48, 0xa3};  // mov [moffs64], rax
  const u64 raxSlot = reinterpret_cast<u64>(&work);
  a.embed(storeRax, 2);
  a.embed(&raxSlot, 8);
  a.mov(x86::rax, raxSlot);
  for (u32 r = 1; r < 16; ++r) {
    if (r != 4) a.mov(x86::qword_ptr(x86::rax, static_cast<i32>(8 * r)), x86::gpq(r));
  }
  a.mov(x86::r8, x86::rax);
  a.pushfq();
  a.pop(x86::qword_ptr(x86::r8, kFlags));
  xstateComponents(a);
  a.xsave(x86::ptr(x86::r8, kXsave));
  a.fninit();
  a.push(0x1f80);
  a.ldmxcsr(x86::dword_ptr(x86::rsp));
  a.pop(x86::rax);
  a.vzeroupper();
  for (u32 r : {15, 14, 13, 12, 5, 3}) a.pop(x86::gpq(r));
  a.ret();
}

void onSignal(int number, siginfo_t*, void* context) {
  caughtSignal = number;
  caughtMxcsr = static_cast<ucontext_t*>(context)->uc_mcontext.fpregs->mxcsr;
  siglongjmp(escape, 1);
}

// Runs `code` on `work`; the signal that ended it, or 0.
int runGuarded(void (*code)()) {
  struct sigaction action = {}, oldFpe, oldIll;
  action.sa_sigaction = onSignal;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGFPE, &action, &oldFpe);
  sigaction(SIGILL, &action, &oldIll);
  caughtSignal = 0;
  if (sigsetjmp(escape, 1) == 0) code();
  sigaction(SIGFPE, &oldFpe, nullptr);
  sigaction(SIGILL, &oldIll, nullptr);
  return caughtSignal;
}

int runBytes(std::span<const u8> instruction) {
  asmjit::CodeHolder holder;
  holder.init(asmjit::Environment::host());
  x86::Assembler a(&holder);
  emitLoad(a);
  a.embed(instruction.data(), instruction.size());
  emitStore(a);
  constexpr size_t kSize = 4096;
  static void* page = mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED || holder.codeSize() > kSize) std::abort();
  mprotect(page, kSize, PROT_READ | PROT_WRITE);
  holder.flatten();
  holder.copyFlattenedData(page, kSize);
  mprotect(page, kSize, PROT_READ | PROT_EXEC);
  return runGuarded(reinterpret_cast<void (*)()>(reinterpret_cast<uintptr_t>(page)));
}

}  // namespace

FullState::FullState() {
  const u16 control = 0x37f;
  const u32 mxcsr = 0x1f80;
  const u64 components = 7;
  std::memcpy(xsave, &control, 2);
  std::memcpy(xsave + 24, &mxcsr, 4);
  std::memcpy(xsave + 512, &components, 8);
}

HostOutcome runOnHost(std::span<const u8> instruction, FullState& state) {
  work = state;
  const u64 components = 7;
  std::memcpy(reinterpret_cast<u8*>(&work) + kXstateBv, &components, 8);
  const int signal = runBytes(instruction);
  if (signal == 0) {
    work.gpr[4] = state.gpr[4];
    state = work;
    return HostOutcome::Done;
  }
  if (signal != SIGFPE) std::abort();
  const u32 mxcsr = caughtMxcsr;
  std::memcpy(state.xsave + 24, &mxcsr, 4);
  return HostOutcome::SimdException;
}

bool hostExecutes(std::span<const u8> instruction, const FullState& state) {
  work = state;
  return runBytes(instruction) != SIGILL;
}

}  // namespace duet::tcg::test
