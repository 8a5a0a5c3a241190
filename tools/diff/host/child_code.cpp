// Compiled without sanitizers, stack protector and vector registers (CMakeLists.txt); may call nothing outside its section.
#include "tools/diff/host/child_code.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>

#define CHILD_CODE __attribute__((section("duet_host_child"), used))
#define CHILD_INLINE __attribute__((always_inline)) inline

namespace duet::diff::host {

static_assert(offsetof(Start, fsBase) == 832 && offsetof(Start, ds) == 848 && offsetof(Start, gpr) == 856);
static_assert(offsetof(Start, rip) == 976 && offsetof(Start, ss) == 1008);
static_assert(kStackSize == 0x10000);

asm(R"(
    .pushsection duet_host_child, "ax", @progbits

    # i64 duetHostSyscall(number, a, b, c, d, e, f)
duetHostSyscall:
    mov %rdi, %rax
    mov %rsi, %rdi
    mov %rdx, %rsi
    mov %rcx, %rdx
    mov %r8, %r10
    mov %r9, %r8
    mov 8(%rsp), %r9
duetHostDoSyscall:
    syscall
    .globl duetHostAfterSyscall
    .hidden duetHostAfterSyscall
duetHostAfterSyscall:
    ret

duetHostRestorer:
    mov $15, %eax
    jmp duetHostDoSyscall

    .globl duetHostChild
    .hidden duetHostChild
duetHostChild:
    lea 0x10000(%rdi), %rsp
    xor %ebp, %ebp
    call duetHostSetUp
    ud2

    # The code under test may have set AC and NT.
duetHostEntry:
    pushq $2
    popfq
    jmp duetHostOnSignal

    # void duetHostEnter(Start*): becomes the code under test.
duetHostEnter:
    mov $-1, %eax
    mov $-1, %edx
    xrstor64 (%rdi)
    mov 848(%rdi), %ds
    mov 850(%rdi), %es
    mov 852(%rdi), %fs
    mov 854(%rdi), %gs
    mov 832(%rdi), %rax
    wrfsbase %rax
    mov 840(%rdi), %rax
    wrgsbase %rax
    lea 856(%rdi), %rsp
    pop %rax
    pop %rcx
    pop %rdx
    pop %rbx
    pop %rbp
    pop %rsi
    pop %rdi
    pop %r8
    pop %r9
    pop %r10
    pop %r11
    pop %r12
    pop %r13
    pop %r14
    pop %r15
    iretq
duetHostEnterEnd:

    # u64 duetHostDiffer(const u8* a, const u8* b, u64 from): the first 64 bytes of a page, from `from` on, in which two
    # differ; 4096 if none do.
duetHostDiffer:
    mov %rdx, %rax
1:  cmp $4096, %rax
    jae 2f
    movdqa (%rdi,%rax), %xmm0
    movdqa 16(%rdi,%rax), %xmm1
    movdqa 32(%rdi,%rax), %xmm2
    movdqa 48(%rdi,%rax), %xmm3
    pcmpeqb (%rsi,%rax), %xmm0
    pcmpeqb 16(%rsi,%rax), %xmm1
    pcmpeqb 32(%rsi,%rax), %xmm2
    pcmpeqb 48(%rsi,%rax), %xmm3
    pand %xmm1, %xmm0
    pand %xmm3, %xmm2
    pand %xmm2, %xmm0
    pmovmskb %xmm0, %ecx
    cmp $0xffff, %ecx
    jne 2f
    add $64, %rax
    jmp 1b
2:  ret
    .popsection
)");

extern "C" {
__attribute__((visibility("hidden"))) i64 duetHostSyscall(i64 number, u64 a, u64 b, u64 c, u64 d, u64 e,
                                                          u64 f);
__attribute__((visibility("hidden"))) u64 duetHostDiffer(const u8* a, const u8* b, u64 from);
[[noreturn]] __attribute__((visibility("hidden"))) void duetHostEnter(const Start*);
extern const u8 duetHostRestorer[] __attribute__((visibility("hidden")));
extern const u8 duetHostEntry[] __attribute__((visibility("hidden")));
extern const u8 duetHostEnterEnd[] __attribute__((visibility("hidden")));
}

namespace {

CHILD_INLINE i64 ask(i64 number, u64 a = 0, u64 b = 0, u64 c = 0, u64 d = 0, u64 e = 0, u64 f = 0) {
  return duetHostSyscall(number, a, b, c, d, e, f);
}

[[noreturn]] CHILD_INLINE void leave(int status) {
  for (;;) ask(SYS_exit_group, static_cast<u64>(status));
}

template <class T>
CHILD_INLINE u64 addressOf(T* p) {
  return reinterpret_cast<u64>(p);
}
template <class T>
CHILD_INLINE T& at(u64 address) {
  return *reinterpret_cast<T*>(address);
}

CHILD_INLINE void copyBytes(void* to, const void* from, u64 count) {
  asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}
CHILD_INLINE void copyWords(void* to, const void* from, u64 count) {
  asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
}

CHILD_INLINE Child& self() {
  u64 stack;
  asm volatile("mov %%rsp, %0" : "=r"(stack));
  return at<Child>(stack & ~(kStackSize - 1));
}
CHILD_INLINE Control& control(const Child& c) { return at<Control>(addressOf(c.shared) + kControlOffset); }

// The patches of the current case over the pages.
CHILD_INLINE void patch(const Child& c) {
  const Start& start = at<Start>(c.current);
  u64 p = c.current + sizeof(Start);
  for (u32 i = 0; i < start.patches; ++i) {
    const Patch& patch = at<Patch>(p);
    const u8* bytes = &at<u8>(p + sizeof(Patch));
    copyBytes(c.shared + kBeforeOffset + patch.offset, bytes, patch.length);
    copyBytes(c.shared + kLiveOffset + patch.offset, bytes, patch.length);
    p += patch.space();
  }
}

// The pages as Memory has them, after the case's own changes have been undone.
CHILD_INLINE void unpatch(const Child& c) {
  const Start& start = at<Start>(c.current);
  u64 p = c.current + sizeof(Start);
  for (u32 i = 0; i < start.patches; ++i) {
    const Patch& patch = at<Patch>(p);
    const u8* bytes = c.shared + kOriginalOffset + patch.offset;
    copyBytes(c.shared + kBeforeOffset + patch.offset, bytes, patch.length);
    copyBytes(c.shared + kLiveOffset + patch.offset, bytes, patch.length);
    p += patch.space();
  }
}

// Undoes what the case has changed; with `words`, notes it. Returns how many words.
CHILD_CODE u32 undoChanges(const Child& c, ChangedWord* words) {
  const Control& k = control(c);
  u32 count = 0;
  for (u32 page = 0; page < k.pages; ++page) {
    if (!(k.page[page].protection & PROT_WRITE)) continue;
    const u64 pageOffset = page * kPageSize;
    u8* live = c.shared + kLiveOffset + pageOffset;
    const u8* before = c.shared + kBeforeOffset + pageOffset;
    for (u64 block = 0; (block = duetHostDiffer(live, before, block)) < kPageSize; block += 64) {
      for (u64 o = block; o < block + 64; o += 8) {
        u64& now = at<u64>(addressOf(live) + o);
        const u64 was = at<u64>(addressOf(before) + o);
        if (now == was) continue;
        if (words) words[count] = {pageOffset + o, was, now};
        ++count;
        now = was;
      }
    }
  }
  return count;
}

// Maps the batch's pages in place of the former ones.
CHILD_CODE void mapPages(const Child& c) {
  Control& k = control(c);
  ask(SYS_munmap, 0, 4_GiB);
  for (u32 i = 0; i < k.pages; ++i) {
    const i64 r =
        ask(SYS_mmap, k.page[i].address, kPageSize, k.page[i].protection,
            MAP_SHARED | MAP_FIXED | MAP_POPULATE, static_cast<u64>(c.memory), kLiveOffset + i * kPageSize);
    if (r >= 0) continue;
    k.unmappedPage = i + 1;
    k.mapErrno = static_cast<u32>(-r);
    return;
  }
}

// Tells the parent that the batch is done and waits for the next; ends with the parent.
CHILD_CODE void nextBatch(Child& c) {
  Control& k = control(c);
  do {
    u8 byte = 0;
    if (ask(SYS_write, static_cast<u64>(c.socket), addressOf(&byte), 1) != 1) leave(0);
    if (ask(SYS_read, static_cast<u64>(c.socket), addressOf(&byte), 1) != 1) leave(0);
    k.outcomes = 0;
    k.unmappedPage = 0;
    if (k.remap) mapPages(c);
  } while (k.cases == 0 || k.unmappedPage != 0);
  c.next = addressOf(c.shared) + kCasesOffset;
  c.out = addressOf(c.shared) + kOutcomesOffset;
  c.left = k.cases;
}

CHILD_INLINE bool roomForOutcome(const Child& c) {
  const u64 end = addressOf(c.shared) + kOutcomesOffset + kOutcomesSize;
  return c.out + sizeof(OutcomeRecord) + control(c).pages * (kPageSize / 8) * sizeof(ChangedWord) <= end;
}

[[noreturn]] CHILD_CODE void nextCase(Child& c) {
  if (c.left == 0 || !roomForOutcome(c)) nextBatch(c);
  c.current = c.next;
  c.next += at<Start>(c.current).size;
  --c.left;
  patch(c);
  c.sawTick = 0;
  c.running = 1;
  duetHostEnter(&at<Start>(c.current));
}

CHILD_CODE void note(Child& c, Ended ended, int signal, const ucontext_t& context) {
  OutcomeRecord& o = at<OutcomeRecord>(c.out);
  o.ended = ended;
  o.signal = static_cast<u32>(signal);
  copyWords(o.registers, context.uc_mcontext.gregs, 23);
  asm volatile("rdfsbase %0" : "=r"(o.fsBase));
  asm volatile("rdgsbase %0" : "=r"(o.gsBase));
  asm volatile("mov %%ds, %0" : "=m"(o.ds));
  asm volatile("mov %%es, %0" : "=m"(o.es));
  asm volatile("mov %%fs, %0" : "=m"(o.fs));
  asm volatile("mov %%gs, %0" : "=m"(o.gs));
  const u64 image = addressOf(context.uc_mcontext.fpregs);
  // struct _fpx_sw_bytes at 464: magic and, at 480, the size of the XSAVE image.
  o.stateSize = image != 0 && at<u32>(image + 464) == 0x46505853 ? at<u32>(image + 480) : 0;
  if (o.stateSize != 0) copyWords(o.xsave, &at<u8>(image), sizeof(o.xsave) / 8);
  c.out += sizeof(OutcomeRecord);
  o.words = undoChanges(c, &at<ChangedWord>(c.out));
  c.out += o.words * sizeof(ChangedWord);
  unpatch(c);
  ++control(c).outcomes;
}

// Whether the signal is the timer's and found nothing to end.
CHILD_INLINE bool harmlessTick(Child& c, bool inChild) {
  if (inChild || !c.running) return true;
  if (static_cast<u64>(ask(SYS_getppid)) != c.parent) leave(0);
  if (c.sawTick) return false;
  c.sawTick = 1;
  undoChanges(c, nullptr);
  duetHostEnter(&at<Start>(c.current));
}

struct KernelSigaction {
  u64 handler, flags, restorer, mask;
};
constexpr u64 kSaRestorer = 0x04000000;

CHILD_CODE i64 handleSignals(const Child& c) {
  const KernelSigaction action{addressOf(&duetHostEntry[0]),
                               SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART | kSaRestorer,
                               addressOf(&duetHostRestorer[0]), 0};
  u64 signals = 1u << SIGSEGV | 1u << SIGBUS | 1u << SIGFPE | 1u << SIGILL | 1u << SIGTRAP | 1u << SIGPROF |
                1u << SIGSYS;
  for (int s = 1; s < 32; ++s)
    if (signals >> s & 1)
      if (const i64 r = ask(SYS_rt_sigaction, static_cast<u64>(s), addressOf(&action), 0, 8); r < 0) return r;
  const u64 none = 0;
  if (const i64 r = ask(SYS_rt_sigprocmask, SIG_SETMASK, addressOf(&none), 0, 8); r < 0) return r;
  // Above the values that lie at its low end.
  stack_t stack{};
  stack.ss_sp = &at<u8>(c.stackLow + kPageSize);
  stack.ss_size = kStackSize - kPageSize;
  return ask(SYS_sigaltstack, addressOf(&stack), 0);
}

// set_thread_area is a system call of 32-bit Linux alone: INT 80h, and the descriptor below 4 GiB.
CHILD_CODE i64 setDescriptors(const Child& c) {
  constexpr i32 kSetThreadArea32 = 243;
  const i64 page = ask(SYS_mmap, 0, kPageSize, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, static_cast<u64>(-1), 0);
  if (page < 0) return page;
  for (const user_desc& descriptor : c.descriptors) {
    copyBytes(&at<u8>(static_cast<u64>(page)), &descriptor, sizeof(descriptor));
    i32 result = kSetThreadArea32;
    asm volatile("int $0x80" : "+a"(result) : "b"(page) : "memory", "r8", "r9", "r10", "r11");
    if (result < 0) return result;
  }
  return 0;
}

CHILD_CODE i64 closeFiles(const Child& c) {
  const u32 low = static_cast<u32>(c.socket < c.memory ? c.socket : c.memory);
  const u32 high = static_cast<u32>(c.socket < c.memory ? c.memory : c.socket);
  if (low > 0) ask(SYS_close_range, 0, low - 1, 0);
  if (high - low > 1) ask(SYS_close_range, low + 1, high - 1, 0);
  return ask(SYS_close_range, high + 1, ~0u, 0);
}

CHILD_CODE i64 dropRseq(const Child& c) {
  if (c.rseq == 0) return 0;
  return ask(SYS_rseq, c.rseq, 32, 1 /* RSEQ_FLAG_UNREGISTER */, 0x53053053);
}

CHILD_CODE i64 forbidCores(const Child&) {
  const rlimit none{0, 0};
  return ask(SYS_prlimit64, 0, RLIMIT_CORE, addressOf(&none), 0);
}

CHILD_CODE i64 startTimer(const Child&) {
  itimerval t{};
  t.it_interval.tv_usec = t.it_value.tv_usec = kTickMicroseconds;
  return ask(SYS_setitimer, ITIMER_PROF, addressOf(&t), 0);
}

CHILD_CODE i64 closeSandbox(const Child& c) {
  if (const i64 r = ask(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); r < 0) return r;
  return ask(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, addressOf(c.filter));
}

// Everything but the child's code, its stack and the shared memory.
CHILD_CODE i64 unmapTheRest(const Child& c) {
  constexpr u64 kEnd = 0x7ffffffff000;
  u64 keep[3][2] = {{c.codeLow, c.codeHigh},
                    {addressOf(c.shared), addressOf(c.shared) + kSharedSize},
                    {c.stackLow, c.stackLow + kStackSize}};
  u64 from = 0;
  for (;;) {
    u64 low = kEnd, high = kEnd;
    for (const auto& k : keep)
      if (k[0] >= from && k[0] < low) low = k[0], high = k[1];
    if (low > from)
      if (const i64 r = ask(SYS_munmap, from, low - from); r < 0) return r;
    if (low == kEnd) return 0;
    from = high;
  }
}

}  // namespace

extern "C" __attribute__((visibility("hidden"))) CHILD_CODE void duetHostSetUp() {
  Child& c = self();
  Control& k = control(c);
  const auto step = [&](SetupStep number, i64 (*take)(const Child&)) __attribute__((always_inline)) {
    k.setupStep = number;
    const i64 r = take(c);
    if (r >= 0) return;
    k.setupErrno = static_cast<u32>(-r);
    leave(1);
  };
  step(kStepClose, closeFiles);
  step(kStepRseq, dropRseq);
  step(kStepSignals, handleSignals);
  step(kStepSegments, setDescriptors);
  step(kStepLimits, forbidCores);
  step(kStepTimer, startTimer);
  step(kStepSandbox, closeSandbox);
  step(kStepUnmap, unmapTheRest);
  k.setupStep = kStepNone;
  nextCase(c);
}

extern "C" __attribute__((visibility("hidden"))) CHILD_CODE void duetHostOnSignal(int signal, siginfo_t*,
                                                                                  ucontext_t* context) {
  Child& c = self();
  const u64 rip = static_cast<u64>(context->uc_mcontext.gregs[REG_RIP]);
  const bool inChild = rip >= c.codeLow && rip < c.codeHigh;
  const bool entering = rip >= reinterpret_cast<u64>(&duetHostEnter) && rip < addressOf(&duetHostEnterEnd[0]);
  if (signal == SIGPROF) {
    if (harmlessTick(c, inChild)) return;
  } else if (inChild && !entering) {
    leave(2);
  }
  c.running = 0;
  note(c, signal == SIGPROF ? Ended::Looping : inChild ? Ended::Refused : Ended::Signal, signal, *context);
  nextCase(c);
}

}  // namespace duet::diff::host
