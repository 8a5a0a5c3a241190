#include "tools/diff/host/child_process.h"

#include <errno.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "core/base/assert.h"
#include "tools/diff/case/user_world.h"
#include "tools/diff/host/sandbox_filter.h"

namespace duet::diff::host {
namespace {

// A batch of endless loops may take so long; a child that gets nothing done in it will never.
constexpr int kPatienceMs = 60'000;

constexpr std::array kStepNames{
    "nothing",
    "closing files",
    "catching signals",
    "leaving rseq",
    "setting descriptors (set_thread_area by INT 80h; needs the kernel's IA32 emulation)",
    "limiting core files",
    "starting the timer",
    "closing the sandbox (seccomp)",
    "unmapping what it does not need"};

u64 registeredRseq() {
  return __rseq_size == 0
             ? 0
             : reinterpret_cast<u64>(__builtin_thread_pointer()) + static_cast<u64>(__rseq_offset);
}

// A data segment of the user worlds as set_thread_area(2) takes it.
user_desc userDesc(u16 selector) {
  const SegmentRegister s = userSegment(selector);
  user_desc d{};
  d.entry_number = selector >> 3;
  d.base_addr = static_cast<u32>(s.base);
  d.limit = s.attributes & kSegG ? s.limit >> 12 : s.limit;
  d.seg_32bit = (s.attributes & kSegDb) != 0;
  d.contents = s.type() >> 2 & 1;  // expand-down
  d.read_exec_only = !(s.type() & 2);
  d.limit_in_pages = (s.attributes & kSegG) != 0;
  d.useable = 1;
  return d;
}

std::string deathOf(int status) {
  if (WIFSIGNALED(status)) return fmt::format("was killed by SIG{}", sigabbrev_np(WTERMSIG(status)));
  return WEXITSTATUS(status) == 2 ? "lost its own state"
                                  : fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::create() {
  std::unique_ptr<ChildProcess> child(new ChildProcess);
  if (auto ok = child->share(); !ok) return tl::unexpected(ok.error());
  if (auto ok = child->start(); !ok) return tl::unexpected(ok.error());
  return child;
}

ChildProcess::~ChildProcess() {
  bury(true);
  if (shared_) munmap(shared_, kSharedSize);
  if (stack_) munmap(stack_, kStackSize);
}

Result<> ChildProcess::share() {
  memory_ = UniqueFd(memfd_create("duet-diff", MFD_CLOEXEC));
  if (!memory_ || ftruncate(memory_.get(), kSharedSize) != 0)
    return fail("host engine: no memory file: {}", errnoText(errno));
  void* shared = mmap(nullptr, kSharedSize, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  if (shared == MAP_FAILED) return fail("host engine: cannot map its memory: {}", errnoText(errno));
  shared_ = static_cast<u8*>(shared);
  // Twice the size, to cut an aligned stack out of it.
  void* space = mmap(nullptr, 2 * kStackSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (space == MAP_FAILED) return fail("host engine: no memory for a stack: {}", errnoText(errno));
  const u64 low = reinterpret_cast<u64>(space), aligned = (low + kStackSize - 1) & ~(kStackSize - 1);
  if (aligned > low) munmap(space, aligned - low);
  if (aligned < low + kStackSize)
    munmap(reinterpret_cast<void*>(aligned + kStackSize), low + kStackSize - aligned);
  stack_ = reinterpret_cast<u8*>(aligned);
  return {};
}

Result<> ChildProcess::start() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail("host engine: no channel to the child: {}", errnoText(errno));
  channel_ = UniqueFd(ends[0]);
  UniqueFd theirs(ends[1]);
  const std::vector<sock_filter> code = sandboxFilter(reinterpret_cast<u64>(duetHostAfterSyscall));
  const sock_fprog filter{static_cast<u16>(code.size()), const_cast<sock_filter*>(code.data())};
  Child& c = *reinterpret_cast<Child*>(stack_);
  c = {};
  c.shared = shared_;
  c.stackLow = reinterpret_cast<u64>(stack_);
  c.codeLow = reinterpret_cast<u64>(__start_duet_host_child) & ~kPageMask;
  c.codeHigh = (reinterpret_cast<u64>(__stop_duet_host_child) + kPageMask) & ~kPageMask;
  c.socket = theirs.get();
  c.memory = memory_.get();
  c.parent = static_cast<u64>(getpid());
  c.rseq = registeredRseq();
  c.filter = &filter;
  for (unsigned i = 0; const u16 selector : {kTlsLow, kTlsExpandDown, kTlsReadOnly})
    c.descriptors[i++] = userDesc(selector);
  if (c.codeLow < 4_GiB)
    return fail("host engine: this program is linked at a fixed low address; link it as PIE");
  control() = {};
  // No exit signal: nobody else's SIGCHLD or wait() shall meet this child. Not fork(3), which runs handlers of libraries.
  pid_ = static_cast<int>(syscall(SYS_clone, 0, 0, 0, 0, 0));
  if (pid_ == 0) duetHostChild(c.stackLow);
  if (pid_ < 0) return fail("host engine: cannot start a child: {}", errnoText(errno));
  theirs = UniqueFd();  // the child holds the only one: its death shows as end of file
  if (waitForChild()) return {};
  const u32 step = std::min<u32>(control().setupStep, kStepNames.size() - 1), error = control().setupErrno;
  return fail("host engine: its child failed at {}: {}", kStepNames[step],
              error == 0 ? "it " + whyDead_ : errnoText(static_cast<int>(error)));
}

Result<> ChildProcess::restart() {
  bury(true);
  return start();
}

bool ChildProcess::runBatch() {
  DUET_ASSERT(pid_ > 0);
  control().outcomes = 0;
  const u8 byte = 0;
  while (send(channel_.get(), &byte, 1, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) return bury(true), false;
  return waitForChild();
}

bool ChildProcess::waitForChild() {
  for (;;) {
    const u32 before = control().outcomes;
    pollfd p{channel_.get(), POLLIN, 0};
    const int ready = poll(&p, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0 && control().outcomes != before) continue;
    u8 byte = 0;
    if (ready > 0 && recv(channel_.get(), &byte, 1, 0) == 1) return true;
    bury(ready == 0);
    return false;
  }
}

void ChildProcess::bury(bool kill) {
  if (pid_ <= 0) return;
  if (kill) ::kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, __WALL) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  whyDead_ = deathOf(status);
}

}  // namespace duet::diff::host
