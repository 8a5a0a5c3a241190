#include "cpu-kvm/vcpu/dirty_rings.h"

#include <atomic>

namespace duet::kvm {
namespace {

// The kernel's entry: written by it with DIRTY last, by us with RESET last.
bool isDirty(kvm_dirty_gfn& entry) {
  return std::atomic_ref<__u32>(entry.flags).load(std::memory_order_acquire) & KVM_DIRTY_GFN_F_DIRTY;
}

void giveBack(kvm_dirty_gfn& entry) {
  std::atomic_ref<__u32>(entry.flags).store(KVM_DIRTY_GFN_F_RESET, std::memory_order_release);
}

}  // namespace

Result<std::unique_ptr<DirtyRings>> DirtyRings::create(Vm& vm, u32 entries) {
  const u64 bytes = u64{entries} * sizeof(kvm_dirty_gfn);
  for (const u32 capability : {KVM_CAP_DIRTY_LOG_RING_ACQ_REL, KVM_CAP_DIRTY_LOG_RING}) {
    const int most = vm.extension(static_cast<int>(capability));
    if (most <= 0) continue;
    if (bytes > static_cast<u64>(most))
      return fail("dirty-ring-size={}: this host kernel's KVM has rings of {} entries at most", entries,
                  static_cast<size_t>(most) / sizeof(kvm_dirty_gfn));
    if (auto ok = vm.enableCapability(capability, bytes); !ok)
      return fail("dirty-ring-size={}: {}; take a power of two from 1024 up", entries, ok.error().message);
    return std::unique_ptr<DirtyRings>(new DirtyRings(vm, entries));
  }
  return fail("dirty-ring-size={}: this host kernel's KVM has no such rings; leave the option out", entries);
}

Result<> DirtyRings::add(VcpuFd& vcpu) {
  auto ring = vcpu.mapDirtyRing(entries_);
  if (!ring) return tl::unexpected(ring.error());
  const std::lock_guard lock(mutex_);
  rings_.push_back({*ring, 0});
  return {};
}

Result<std::vector<DirtyPage>> DirtyRings::take() {
  const std::lock_guard lock(mutex_);
  std::vector<DirtyPage> pages;
  for (Ring& ring : rings_) {
    for (; isDirty(ring.entries[ring.next]); ring.next = (ring.next + 1) % ring.entries.size()) {
      kvm_dirty_gfn& entry = ring.entries[ring.next];
      pages.push_back({entry.slot, entry.offset});
      giveBack(entry);
    }
  }
  if (auto ok = vm_.resetDirtyRings(); !ok) return tl::unexpected(ok.error());
  return pages;
}

}  // namespace duet::kvm
