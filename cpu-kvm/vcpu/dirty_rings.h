// Pages that vCPUs wrote, as the kernel lists them in a ring a vCPU (KVM API 8.29), in place of a bitmap a slot.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

struct DirtyPage {
  u32 slot;  // the address space's number in bits 31:16
  u64 page;  // in the slot
};

// Threads: any.
class DirtyRings {
 public:
  // Before vCPUs. `entries` a power of two, for each vCPU.
  static Result<std::unique_ptr<DirtyRings>> create(Vm& vm, u32 entries);

  // One for each vCPU, which outlives none of the calls.
  Result<> add(VcpuFd& vcpu);
  // What is in the rings now; the kernel may use the entries again.
  Result<std::vector<DirtyPage>> take();

 private:
  struct Ring {
    std::span<kvm_dirty_gfn> entries;
    size_t next = 0;
  };
  DirtyRings(Vm& vm, u32 entries) : vm_(vm), entries_(entries) {}

  Vm& vm_;
  const u32 entries_;
  std::mutex mutex_;
  std::vector<Ring> rings_;
};

}  // namespace duet::kvm
