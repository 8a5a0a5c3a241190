// Writes that the kernel keeps back (KVM API 4.116, "coalesced I/O"): the ring they wait in.
#pragma once

#include <functional>
#include <mutex>

#include "cpu-kvm/api/kvm_abi.h"

namespace duet::kvm {

// The kernel puts in, whoever comes first takes out. Threads: any.
class WriteRing {
 public:
  using Sink = std::function<void(bool port, u64 address, unsigned size, u64 value)>;
  explicit WriteRing(Sink sink) : sink_(std::move(sink)) {}

  // On return everything that was in the ring before the call has been given to the sink, in order, whether by this call
  // or another. `ring`: any mapping of the machine's.
  void empty(abi::CoalescedRing& ring);

 private:
  void give(const kvm_coalesced_mmio& write) const;

  const Sink sink_;
  std::mutex mutex_;  // above all devices'
};

}  // namespace duet::kvm
