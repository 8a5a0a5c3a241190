// Whether the time-stamp counters of all vCPUs read the same.
#pragma once

#include <mutex>
#include <vector>

#include "core/cpu/vcpu_mailbox.h"

namespace duet::tcg {

// Guests are told by a flag beside the time, as they may then read one vCPU's page on another. Threads: any.
class TscAgreement {
 public:
  void join(unsigned vcpu, VcpuMailbox& mailbox);
  // The offset of this vCPU's counter. When the answer changes, every vCPU gets kMailClock.
  void set(unsigned vcpu, u64 offset);
  bool agree() const;

 private:
  struct Member {
    unsigned vcpu;
    VcpuMailbox* mailbox;
    u64 offset;
  };
  bool agreeLocked() const;

  mutable std::mutex mutex_;
  std::vector<Member> members_;
};

}  // namespace duet::tcg
