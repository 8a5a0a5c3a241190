#include "tools/diff/host/sandbox_filter.h"

#include <linux/audit.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/syscall.h>

#include <array>

namespace duet::diff::host {
namespace {

constexpr std::array kAllowed{SYS_read,         SYS_write,   SYS_mmap,      SYS_munmap,
                              SYS_rt_sigreturn, SYS_getppid, SYS_exit_group};

constexpr u16 kLoad = BPF_LD | BPF_W | BPF_ABS, kEqual = BPF_JMP | BPF_JEQ | BPF_K, kReturn = BPF_RET | BPF_K;

}  // namespace

std::vector<sock_filter> sandboxFilter(u64 after) {
  constexpr u32 kIp = offsetof(seccomp_data, instruction_pointer);
  constexpr u8 kCalls = kAllowed.size();
  std::vector<sock_filter> f;
  // Index of the refusal, which is last but one; a jump counts from the instruction after it.
  constexpr u8 kRefusal = 7 + kCalls;
  const auto require = [&](u32 field, u32 value) {
    f.push_back({kLoad, 0, 0, field});
    f.push_back({kEqual, 0, static_cast<u8>(kRefusal - f.size() - 1), value});
  };
  require(offsetof(seccomp_data, arch), AUDIT_ARCH_X86_64);
  require(kIp, static_cast<u32>(after));
  require(kIp + 4, static_cast<u32>(after >> 32));
  f.push_back({kLoad, 0, 0, offsetof(seccomp_data, nr)});
  for (unsigned i = 0; i < kCalls; ++i)
    f.push_back({kEqual, static_cast<u8>(kRefusal - f.size()), 0, static_cast<u32>(kAllowed[i])});
  f.push_back({kReturn, 0, 0, SECCOMP_RET_TRAP});
  f.push_back({kReturn, 0, 0, SECCOMP_RET_ALLOW});
  return f;
}

}  // namespace duet::diff::host
