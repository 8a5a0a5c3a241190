// The guest's RAM and ROM as the kernel's memory slots.
#pragma once

#include <mutex>
#include <vector>

#include "core/bus/address_space.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

// One slot as it should be.
struct Slot {
  u64 base, size;  // bytes
  u8* host;
  bool writable;
  bool operator==(const Slot&) const = default;
};

// The whole pages of RAM and ROM in `view`, ascending. Pieces that are one behind the other in guest and host are one
// slot; what is smaller than a page is left to MMIO exits, which reach it through the address space.
std::vector<Slot> slotsOf(const std::vector<Mapping>& view);

// Threads: any. A slot that changes is removed and made anew: a vCPU that touches it in between exits for MMIO, which the
// address space answers right.
class MemorySlots {
 public:
  MemorySlots(Vm& vm, const AddressSpace& space);
  // Makes the kernel's slots what the address space shows now.
  Result<> update();

 private:
  Result<> set(u32 number, const Slot& slot, u64 size);

  Vm& vm_;
  const AddressSpace& space_;
  const bool readOnlySlots_;
  std::mutex mutex_;
  std::vector<Slot> slots_;  // by slot number; size 0: free
};

}  // namespace duet::kvm
