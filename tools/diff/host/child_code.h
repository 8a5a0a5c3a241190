// The child's side: what runs in the process that also runs the code under test. All of it lies in one section of the
// program, which is all that stays mapped of it there: no library, no data, no stack but its own.
#pragma once

#include <asm/ldt.h>

#include "tools/diff/host/shared_layout.h"

struct sock_fprog;

namespace duet::diff::host {

// At the low end of the child's stack, where its code finds it (no global is mapped there).
struct Child {
  // Set by the parent before the child begins.
  u8* shared;
  u64 stackLow;
  u64 codeLow, codeHigh;  // pages of the child's code
  int socket, memory;     // the channel to the parent; the file of the shared memory
  u64 parent;             // its process id
  u64 rseq;               // the restartable-sequence area that the thread has registered; 0: none
  const sock_fprog* filter;
  user_desc descriptors[3];  // the process's own, as set_thread_area(2) takes them
  // The child's own.
  u64 current, next, out;  // addresses: the case that runs, the one after it, the next outcome
  u32 left;                // cases after the current one
  u32 running;             // the code under test has control, or is about to get it
  u32 sawTick;             // a tick found the current case running and began it anew
};

inline constexpr u64 kStackSize = 64_KiB;  // also its alignment

// CPU time after which a case is an endless loop; what the timer finds running once is begun anew, so every case has at
// least this much.
inline constexpr u64 kTickMicroseconds = 4'000;  // a jiffy of a kernel of 250 Hz

extern "C" {
// The one instruction in the child that may ask the kernel for anything ends here.
extern const u8 duetHostAfterSyscall[] __attribute__((visibility("hidden")));
// The section's bounds, which the linker makes.
extern const u8 __start_duet_host_child[] __attribute__((visibility("hidden")));
extern const u8 __stop_duet_host_child[] __attribute__((visibility("hidden")));
// Moves to the child's stack, whose low end holds a Child, and never returns.
[[noreturn]] void duetHostChild(u64 stackLow);
}

}  // namespace duet::diff::host
