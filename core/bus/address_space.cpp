#include "core/bus/address_space.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "core/bus/flat_view.h"
#include "core/bus/guest_bytes.h"

namespace duet {

struct AddressSpace::Region : bus_detail::Region {};

struct AddressSpace::View {
  std::vector<Mapping> pieces;  // ascending, no overlap, no holes in between recorded
  const u64 id = nextId();      // no other view has it, of whatever space; not 0

 private:
  static u64 nextId() {
    static std::atomic<u64> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
  }
};

namespace {

// The views that this thread used last, by their ids: a look-up in one of them takes no lock and counts no reference.
struct KnownViews {
  static constexpr u64 kSlots = 16;
  struct Slot {
    u64 id = 0;
    std::shared_ptr<const AddressSpace::View> view;
  };
  std::array<Slot, kSlots> slots;
};
thread_local KnownViews knownViews;

}  // namespace

struct AddressSpace::Impl {
  // Guards `regions` and edits; recursive because an edit inside change() is an edit.
  std::recursive_mutex editMutex;
  std::map<MapId, bus_detail::Region> regions;
  MapId nextId = 1;
  unsigned editDepth = 0;

  // Guards only the pointer: readers copy it and let go before any callback.
  mutable std::shared_mutex viewMutex;
  std::shared_ptr<const View> view = std::make_shared<View>();
  std::atomic<u64> viewId{view->id};

  // The view, good until this thread's next call (of any space).
  const View& known() const {
    const u64 id = viewId.load(std::memory_order_acquire);
    KnownViews::Slot& slot = knownViews.slots[id % KnownViews::kSlots];
    if (slot.id != id) [[unlikely]] {
      std::shared_lock lock(viewMutex);
      slot = {view->id, view};
    }
    return *slot.view;
  }

  std::mutex listenerMutex;
  std::vector<std::function<void()>> listeners;
};

AddressSpace::AddressSpace(std::string name, u64 size)
    : name_(std::move(name)), size_(size), impl_(std::make_unique<Impl>()) {}

AddressSpace::AddressSpace(std::string name, const AddressSpace& below)
    : AddressSpace(std::move(name), below.size_) {
  below_ = &below;
}

AddressSpace::~AddressSpace() = default;

std::shared_ptr<const AddressSpace::View> AddressSpace::view() const {
  std::shared_lock lock(impl_->viewMutex);
  return impl_->view;
}

// Runs `edits` on the regions, rebuilds the view once at the outermost level, and puts everything back
// when an edit or the rebuild fails.
Result<> AddressSpace::edit(const std::function<Result<>()>& edits) {
  {
    std::lock_guard lock(impl_->editMutex);
    const auto before = impl_->regions;
    ++impl_->editDepth;
    Result<> done = edits();
    --impl_->editDepth;
    if (!done) {
      impl_->regions = before;
      return done;
    }
    if (impl_->editDepth > 0) return {};
    auto pieces = bus_detail::flatten(name_, size_, impl_->regions);
    if (!pieces) {
      impl_->regions = before;
      return tl::unexpected(pieces.error());
    }
    auto fresh = std::make_shared<View>();
    fresh->pieces = std::move(*pieces);
    std::unique_lock viewLock(impl_->viewMutex);
    if (bus_detail::sameMappings(fresh->pieces, impl_->view->pieces)) return {};
    impl_->view = std::move(fresh);
    impl_->viewId.store(impl_->view->id, std::memory_order_release);
  }
  std::vector<std::function<void()>> listeners;
  {
    std::lock_guard lock(impl_->listenerMutex);
    listeners = impl_->listeners;
  }
  for (const auto& listener : listeners) listener();
  return {};
}

Result<MapId> AddressSpace::add(Region region) {
  MapId id = 0;
  auto done = edit([&]() -> Result<> {
    if (auto ok = bus_detail::checkPlacement(name_, size_, region); !ok) return ok;
    id = impl_->nextId++;
    impl_->regions.emplace(id, std::move(region));
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return id;
}

Result<MapId> AddressSpace::mapRam(Placement where, const RamBlock& block, u64 blockOffset, bool writable) {
  if ((where.base | where.size | blockOffset) & kPageMask)
    return fail("{}: RAM '{}' at {:#x} is not page-aligned", name_, where.name, where.base);
  if (blockOffset > block.size || where.size > block.size - blockOffset)
    return fail("{}: RAM '{}' is larger than its block", name_, where.name);
  Region region;
  region.where = std::move(where);
  region.kind = writable ? MappingKind::Ram : MappingKind::Rom;
  region.block = &block;
  region.offset = blockOffset;
  return add(std::move(region));
}

Result<MapId> AddressSpace::mapIo(Placement where, IoHandler& handler, unsigned range) {
  Region region;
  region.where = std::move(where);
  region.kind = MappingKind::Io;
  region.handler = &handler;
  region.range = range;
  return add(std::move(region));
}

Result<MapId> AddressSpace::mapAlias(Placement where, u64 target) {
  Region region;
  region.where = std::move(where);
  region.isAlias = true;
  region.offset = target;
  return add(std::move(region));
}

Result<> AddressSpace::move(MapId id, u64 newBase) {
  return edit([&]() -> Result<> {
    auto found = impl_->regions.find(id);
    DUET_ASSERT(found != impl_->regions.end());
    bus_detail::Region& region = found->second;
    if (region.block && (newBase & kPageMask))
      return fail("{}: RAM '{}' at {:#x} is not page-aligned", name_, region.where.name, newBase);
    region.where.base = newBase;
    return bus_detail::checkPlacement(name_, size_, region);
  });
}

Result<> AddressSpace::setEnabled(MapId id, bool enabled) {
  {
    std::lock_guard lock(impl_->editMutex);
    auto found = impl_->regions.find(id);
    if (found != impl_->regions.end() && found->second.where.enabled == enabled) return {};
  }
  return edit([&]() -> Result<> {
    auto found = impl_->regions.find(id);
    DUET_ASSERT(found != impl_->regions.end());
    found->second.where.enabled = enabled;
    return {};
  });
}

Result<> AddressSpace::setWritable(MapId id, bool writable) {
  return edit([&]() -> Result<> {
    auto found = impl_->regions.find(id);
    DUET_ASSERT(found != impl_->regions.end() && found->second.block);
    found->second.kind = writable ? MappingKind::Ram : MappingKind::Rom;
    return {};
  });
}

void AddressSpace::unmap(MapId id) {
  // Taking something away cannot make a new overlap.
  const Result<> done = edit([&]() -> Result<> {
    DUET_ASSERT(impl_->regions.erase(id) == 1);
    return {};
  });
  DUET_ASSERT(done);
}

Result<> AddressSpace::change(const std::function<Result<>(AddressSpace&)>& edits) {
  return edit([&] { return edits(*this); });
}

Mapping AddressSpace::lookup(u64 address) const {
  const auto& pieces = impl_->known().pieces;
  auto after = std::upper_bound(pieces.begin(), pieces.end(), address,
                                [](u64 a, const Mapping& m) { return a < m.base; });
  const u64 holeStart = after == pieces.begin() ? 0 : (after - 1)->base + (after - 1)->size;
  if (after != pieces.begin() && address - (after - 1)->base < (after - 1)->size) return *(after - 1);
  Mapping hole;
  hole.base = holeStart;
  hole.size = (after == pieces.end() ? size_ : after->base) - holeStart;
  return below_ ? bus_detail::clip(below_->lookup(address), hole) : hole;
}

u64 AddressSpace::read(u64 address, unsigned size) const {
  const Mapping m = lookup(address);
  const u64 into = address - m.base;
  const bool whole = m.kind == MappingKind::Hole ? m.size == 0 : m.size - into >= size;
  if (m.kind == MappingKind::Io && whole)
    return m.handler->read(m.range, m.offset + into, size) & lowMask(8 * size);
  if (m.host && whole) return bus_detail::loadGuestBytes(m.host + into, size);
  if (size == 1 || whole) return lowMask(8 * size);
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= read(address + i, 1) << (8 * i);
  return value;
}

void AddressSpace::write(u64 address, unsigned size, u64 value) const {
  const Mapping m = lookup(address);
  const u64 into = address - m.base;
  const bool whole = m.kind == MappingKind::Hole ? m.size == 0 : m.size - into >= size;
  if (m.kind == MappingKind::Io && whole)
    m.handler->write(m.range, m.offset + into, size, value & lowMask(8 * size));
  else if (m.kind == MappingKind::Ram && whole)
    bus_detail::storeGuestBytes(m.host + into, size, value);
  else if (size > 1 && !whole)
    for (unsigned i = 0; i < size; ++i) write(address + i, 1, value >> (8 * i) & 0xff);
}

std::vector<AddressSpace::Entry> AddressSpace::entries() const {
  std::lock_guard lock(impl_->editMutex);
  std::vector<Entry> result;
  for (const auto& [id, r] : impl_->regions)
    result.push_back({r.where.name, r.where.base, r.where.size, r.kind, r.where.priority, r.where.enabled});
  std::stable_sort(result.begin(), result.end(),
                   [](const Entry& a, const Entry& b) { return a.base < b.base; });
  return result;
}

std::vector<Mapping> AddressSpace::flatView() const { return view()->pieces; }

std::vector<AddressRange> AddressSpace::waitingWrites() const {
  const auto own = view();
  if (below_) return bus_detail::uncovered(below_->waitingWrites(), own->pieces);
  std::vector<AddressRange> ranges;
  for (const Mapping& m : own->pieces)
    if (m.writesMayWait) ranges.push_back({m.base, m.size});
  return ranges;
}

void AddressSpace::addListener(std::function<void()> listener) {
  std::lock_guard lock(impl_->listenerMutex);
  impl_->listeners.push_back(std::move(listener));
}

}  // namespace duet
