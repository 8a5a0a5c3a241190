// The guest's RAM and ROM as the kernel's memory slots.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "core/bus/address_space.h"
#include "core/memory/dirty_tracker.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/vcpu/dirty_rings.h"
#include "cpu-kvm/vcpu/guarded_ram.h"

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

// What is visible where `above` hides what is below it; both ascending.
std::vector<Mapping> overlaid(const std::vector<Mapping>& below, const std::vector<Mapping>& above);

// Hears of host memory that guests wrote: pages, in pieces.
using WrittenSink = std::function<void(const u8* host, u64 length)>;

// Threads: any. A slot that changes is removed and made anew: a vCPU that touches it in between exits for MMIO, which the
// address space answers right.
class MemorySlots final : public DirtyTracker {
 public:
  // `rings`: where the kernel lists written pages; null: in bitmaps. `smm`: what hides parts of `space` from a vCPU in system-management mode. The slots are that mode's, then.
  MemorySlots(Vm& vm, GuardedRam& ram, const AddressSpace& space, const AddressSpace* smm, bool forSmm,
              WrittenSink wrote, DirtyRings* rings);
  // Makes the kernel's slots what the address space shows now.
  Result<> update();
  // Tracks and collects these with its own.
  void include(MemorySlots& more) { more_ = &more; }
  Result<> track(bool on) override;
  Result<> collect() override;

 private:
  Result<> set(u32 number, const Slot& slot, u64 size);
  Result<> collectSlot(u32 number);
  Result<> collectRings();
  void note(const DirtyPage& page);

  std::vector<Mapping> view() const;

  Vm& vm_;
  GuardedRam& ram_;
  const AddressSpace& space_;
  const AddressSpace* smm_;
  const u32 addressSpaceId_;  // of the kernel's two: 1 is SMM's
  const bool readOnlySlots_;
  const WrittenSink wrote_;
  DirtyRings* const rings_;
  std::mutex mutex_;
  bool tracking_ = false;
  MemorySlots* more_ = nullptr;
  std::vector<Slot> slots_;  // by slot number; size 0: free
};

}  // namespace duet::kvm
