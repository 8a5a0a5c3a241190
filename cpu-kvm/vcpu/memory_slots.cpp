#include "cpu-kvm/vcpu/memory_slots.h"

#include <algorithm>

namespace duet::kvm {
namespace {

constexpr u64 kPage = 4096;

// The whole pages of a piece; size 0 when there is none.
Slot wholePages(const Mapping& m) {
  const u64 skip = (kPage - m.base % kPage) % kPage;
  const u64 size = m.size > skip ? (m.size - skip) / kPage * kPage : 0;
  return {m.base + skip, size, m.host + skip, m.kind == MappingKind::Ram};
}

bool continues(const Slot& before, const Slot& next) {
  return before.base + before.size == next.base && before.host + before.size == next.host &&
         before.writable == next.writable;
}

}  // namespace

std::vector<Slot> slotsOf(const std::vector<Mapping>& view) {
  std::vector<Slot> slots;
  for (const Mapping& m : view) {
    if (m.kind != MappingKind::Ram && m.kind != MappingKind::Rom) continue;
    const Slot slot = wholePages(m);
    // Host memory that is not page aligned where the guest's is cannot be a slot.
    if (!slot.size || reinterpret_cast<u64>(slot.host) % kPage) continue;
    if (!slots.empty() && continues(slots.back(), slot))
      slots.back().size += slot.size;
    else
      slots.push_back(slot);
  }
  return slots;
}

std::vector<Mapping> overlaid(const std::vector<Mapping>& below, const std::vector<Mapping>& above) {
  std::vector<Mapping> all = above;
  for (const Mapping& m : below) {
    u64 at = m.base;
    const u64 end = m.base + m.size;
    const auto keep = [&](u64 until) {
      if (until <= at) return;
      Mapping piece = m;
      piece.base = at;
      piece.size = until - at;
      if (piece.host) piece.host += at - m.base;
      piece.offset += at - m.base;
      all.push_back(piece);
    };
    for (const Mapping& a : above) {
      if (a.base >= end || a.base + a.size <= at) continue;
      keep(a.base);
      at = a.base + a.size;
    }
    keep(end);
  }
  std::ranges::sort(all, {}, &Mapping::base);
  return all;
}

MemorySlots::MemorySlots(Vm& vm, GuardedRam& ram, const AddressSpace& space, const AddressSpace* smm,
                         bool forSmm, WrittenSink wrote, DirtyRings* rings)
    : vm_(vm),
      ram_(ram),
      space_(space),
      smm_(smm),
      addressSpaceId_(forSmm ? 1 : 0),
      readOnlySlots_(vm.extension(KVM_CAP_READONLY_MEM) > 0),
      wrote_(std::move(wrote)),
      rings_(rings) {}

std::vector<Mapping> MemorySlots::view() const {
  return smm_ ? overlaid(space_.flatView(), smm_->flatView()) : space_.flatView();
}

Result<> MemorySlots::set(u32 number, const Slot& slot, u64 size) {
  kvm_userspace_memory_region region{};
  region.slot = number | addressSpaceId_ << 16;
  region.flags = !slot.writable ? KVM_MEM_READONLY : tracking_ ? KVM_MEM_LOG_DIRTY_PAGES : 0;
  region.guest_phys_addr = slot.base;
  region.memory_size = size;
  region.userspace_addr = reinterpret_cast<u64>(ram_.kernelAddress(slot.host));
  return vm_.setMemory(region);
}

Result<> MemorySlots::update() {
  const std::lock_guard lock(mutex_);
  const std::vector<Mapping> mappings = view();
  for (const Mapping& m : mappings)
    if (m.block) ram_.add(*m.block);
  std::vector<Slot> wanted = slotsOf(mappings);
  // ROM that the kernel cannot protect is left to MMIO exits.
  if (!readOnlySlots_) std::erase_if(wanted, [](const Slot& s) { return !s.writable; });
  for (u32 i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].size || std::ranges::find(wanted, slots_[i]) != wanted.end()) continue;
    if (auto ok = collectSlot(i); !ok) return ok;  // the log goes with the slot
    if (auto ok = set(i, slots_[i], 0); !ok) return ok;
    slots_[i].size = 0;
  }
  for (const Slot& slot : wanted) {
    if (std::ranges::find(slots_, slot) != slots_.end()) continue;
    auto place = std::ranges::find_if(slots_, [](const Slot& s) { return s.size == 0; });
    if (place == slots_.end()) place = slots_.insert(slots_.end(), {0, 0, nullptr, false});
    if (auto ok = set(static_cast<u32>(place - slots_.begin()), slot, slot.size); !ok) return ok;
    *place = slot;
  }
  return {};
}

// Switching logging on or off changes a slot's flags and nothing else.
Result<> MemorySlots::track(bool on) {
  const std::lock_guard lock(mutex_);
  if (tracking_ == on) return {};
  for (u32 i = 0; i < slots_.size(); ++i)
    if (auto ok = collectSlot(i); !ok) return ok;
  tracking_ = on;
  for (u32 i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].size || !slots_[i].writable) continue;
    if (auto ok = set(i, slots_[i], slots_[i].size); !ok) return ok;
  }
  return more_ ? more_->track(on) : Result<>{};
}

Result<> MemorySlots::collect() {
  if (rings_)
    if (auto ok = collectRings(); !ok) return ok;
  const std::lock_guard lock(mutex_);
  if (rings_ && tracking_) return {};
  for (u32 i = 0; i < slots_.size(); ++i)
    if (auto ok = collectSlot(i); !ok) return ok;
  return more_ ? more_->collect() : Result<>{};
}

// Entries of a slot that is no more may name pages of its successor: too much, never too little.
Result<> MemorySlots::collectRings() {
  auto pages = rings_->take();
  if (!pages) return tl::unexpected(pages.error());
  for (const DirtyPage& page : *pages) {
    const bool ours = page.slot >> 16 == addressSpaceId_;
    if (ours || more_) (ours ? this : more_)->note(page);
  }
  return {};
}

void MemorySlots::note(const DirtyPage& page) {
  const std::lock_guard lock(mutex_);
  const u32 number = page.slot & 0xffff;
  if (number >= slots_.size() || page.page >= slots_[number].size / kPage) return;
  wrote_(slots_[number].host + page.page * kPage, kPage);
}

// What the rings have of a slot is known only together with all others: before it goes or changes it counts as written.
Result<> MemorySlots::collectSlot(u32 number) {
  const Slot& slot = slots_[number];
  if (!slot.size || !slot.writable) return {};
  if (!tracking_ || rings_) {
    wrote_(slot.host, slot.size);
    return {};
  }
  constexpr u64 kWordPages = 64;
  std::vector<u64> dirty((slot.size / kPage + kWordPages - 1) / kWordPages);
  if (auto ok = vm_.takeDirtyLog(number | addressSpaceId_ << 16, dirty); !ok) return ok;
  for (u64 page = 0; page < slot.size / kPage; ++page)
    if (dirty[page / kWordPages] >> (page % kWordPages) & 1) wrote_(slot.host + page * kPage, kPage);
  return {};
}

}  // namespace duet::kvm
