#include "cpu-kvm/vcpu/write_ring.h"

#include <atomic>
#include <cstring>

namespace duet::kvm {
namespace {

u32 lastOf(abi::CoalescedRing& ring) { return std::atomic_ref(ring.last).load(std::memory_order_acquire); }

}  // namespace

// A write leaves the ring after the sink has seen it: who finds the ring empty need not wait for another who empties it.
void WriteRing::empty(abi::CoalescedRing& ring) {
  std::atomic_ref first(ring.first);
  if (first.load(std::memory_order_acquire) == lastOf(ring)) return;
  const std::lock_guard lock(mutex_);
  for (u32 at = first.load(std::memory_order_relaxed); at != lastOf(ring);) {
    give(ring.writes[at]);
    at = (at + 1) % abi::kCoalescedMost;
    first.store(at, std::memory_order_release);
  }
}

void WriteRing::give(const kvm_coalesced_mmio& write) const {
  u64 value = 0;
  std::memcpy(&value, write.data, write.len);
  sink_(write.pio != 0, write.phys_addr, write.len, value);
}

}  // namespace duet::kvm
