// One guest address space (physical memory or ports): which handler or RAM answers at which address.
#pragma once

#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/bus/io_handler.h"
#include "core/memory/ram_block.h"

namespace duet {

enum class MappingKind : u8 { Hole, Ram, Rom, Io };

// What one address resolves to. A value: stays usable after the map changes (RAM is never freed and
// devices outlive their address spaces); it is then merely out of date.
struct Mapping {
  MappingKind kind = MappingKind::Hole;
  u64 base = 0;        // first address of the contiguous mapped piece that holds the address
  u64 size = 0;        // its length in bytes (for a hole: up to the next mapping; size 0 means "to the end")
  u8* host = nullptr;  // Ram, Rom: host address of `base`
  const RamBlock* block = nullptr;
  IoHandler* handler = nullptr;  // Io
  unsigned range = 0;            // Io: the handler's own range number
  u64 offset = 0;                // Io: offset in that range of `base`
  bool writesMayWait = false;    // Io: as placed
};

struct AddressRange {
  u64 base = 0, size = 0;  // bytes
  bool operator==(const AddressRange&) const = default;
};

using MapId = u32;  // names one mapping for unmap/move; 0 is never used

// Threads: lookups from any thread at any time; changes from any thread (a device callback may make
// them). Listeners run on the changing thread after the change is visible, without the lock held.
// Overlap: two enabled mappings of one priority may not overlap (an error naming both); a higher
// priority hides a lower one (ROM shadow windows, SMRAM, movable BARs over holes).
// Unclaimed reads give all ones; unclaimed writes are dropped.
class AddressSpace {
 public:
  // `size`: one past the last address (64 KiB for ports, 1 << physical bits for memory; 0 = 2^64).
  AddressSpace(std::string name, u64 size);
  // Another view of `below`, which outlives it: what is placed here hides what is there, and everything else is as
  // there, later changes included (system-management memory, ports that differ from CPU to CPU). entries(),
  // flatView() and aliases see this view's own placements only, and so do its listeners.
  AddressSpace(std::string name, const AddressSpace& below);
  ~AddressSpace();
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  struct Placement {
    std::string name;  // for messages and the monitor
    u64 base = 0;
    u64 size = 0;  // bytes, > 0
    int priority = 0;
    bool enabled = true;
    // Io: a write may reach the handler late, as long as it does in order and before the next access of any vCPU that
    // reaches a handler, and before the vCPUs stop. Right where nobody but the vCPUs can tell.
    bool writesMayWait = false;
  };

  // Page-aligned placement and block offset. `writable` false makes it ROM (writes are dropped).
  Result<MapId> mapRam(Placement where, const RamBlock& block, u64 blockOffset, bool writable);
  Result<MapId> mapIo(Placement where, IoHandler& handler, unsigned range);
  // Shows [target, target+size) of this same space at `where`; follows later changes of the target.
  Result<MapId> mapAlias(Placement where, u64 target);
  // ROM that may be written through to RAM underneath etc. is made of two mappings and priorities.

  Result<> move(MapId id, u64 newBase);
  Result<> setEnabled(MapId id, bool enabled);
  Result<> setWritable(MapId id, bool writable);  // Ram/Rom mappings
  void unmap(MapId id);
  // Several changes with one rebuild and one notification (all or nothing).
  Result<> change(const std::function<Result<>(AddressSpace&)>& edits);

  Mapping lookup(u64 address) const;

  // Dispatch for port and MMIO cycles: splits an access that spans mappings; `size` 1..8.
  // Also reaches RAM/ROM (firmware, DMA and monitor use).
  u64 read(u64 address, unsigned size) const;
  void write(u64 address, unsigned size, u64 value) const;

  struct Entry {
    std::string name;
    u64 base, size;
    MappingKind kind;
    int priority;
    bool enabled;
  };
  std::vector<Entry> entries() const;     // for the monitor: everything mapped, by address
  std::vector<Mapping> flatView() const;  // what is visible, ascending, holes left out

  // Where writes may wait, ascending. In a view of another space, what that one shows where the view places nothing: so it
  // is the same for all views with the same placements.
  std::vector<AddressRange> waitingWrites() const;

  // Called after every change that altered the flat view. Register before vCPUs run.
  void addListener(std::function<void()> listener);
  const std::string& name() const { return name_; }
  u64 size() const { return size_; }

  struct Region;  // one placement (address_space.cpp)
  struct View;    // what is visible, flattened

 private:
  struct Impl;

  Result<MapId> add(Region region);
  Result<> edit(const std::function<Result<>()>& edits);
  std::shared_ptr<const View> view() const;

  std::string name_;
  u64 size_;
  const AddressSpace* below_ = nullptr;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duet
