// A little guest memory with hand-built page tables of every mode that map one page.
#pragma once

#include <vector>

#include "core/bus/address_space.h"
#include "mmu/ram/ram.h"
#include "mmu/walk/walker.h"

namespace duet::mmu::test {

inline constexpr u64 kP = 1, kRw = 2, kUs = 4, kA = 0x20, kD = 0x40, kPs = 0x80, kG = 0x100,
                     kXd = u64{1} << 63;

class Memory {
 public:
  Memory();
  AddressSpace physical{"memory", u64{1} << 52};
  Ram ram;
  u64 get(u64 gpa, unsigned size) const { return physical.read(gpa, size); }
  void put(u64 gpa, unsigned size, u64 value) { physical.write(gpa, size, value); }
  u64* word(u64 gpa) { return reinterpret_cast<u64*>(block_->host + gpa); }

 private:
  const RamBlock* block_ = nullptr;
};

// One mapped page: the entries from the root down to the leaf, each in a table of its own.
// Every entry starts as P|RW|US without A and D; `linear` maps to `page`.
struct MappedPage {
  MappedPage(Memory& memory, PagingMode mode, u64 pageSize);

  struct Entry {
    u64 gpa;
    unsigned level;  // 1 = PTE
  };
  u64 entry(size_t i) const { return memory.get(entries[i].gpa, width); }
  void setEntry(size_t i, u64 value) { memory.put(entries[i].gpa, width, value); }
  void change(size_t i, u64 set, u64 clear = 0) { setEntry(i, (entry(i) | set) & ~clear); }
  size_t leaf() const { return entries.size() - 1; }
  bool anyBit(u64 mask) const;

  Translation walk(AccessRights rights) const {
    return translate(memory.physical, state, LinearAddr(linear), rights);
  }

  Memory& memory;
  PagingState state;
  unsigned width = 8;
  std::vector<Entry> entries;
  u64 linear = 0, page = 0;
};

struct Shape {
  PagingMode mode;
  u64 pageSize;
};
// Every mode with every page size it has.
std::vector<Shape> allShapes();
const char* modeName(PagingMode mode);

}  // namespace duet::mmu::test
