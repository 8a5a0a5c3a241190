// What will be written where in guest RAM: decided and checked whole before the first byte is written.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/memory/guest_memory.h"
#include "firmware/layout/memory_layout.h"

namespace duet::firmware {

using SharedBytes = std::shared_ptr<const std::vector<u8>>;

// Claims keep loaded pieces apart and inside RAM. A value: may be copied, and written again after a reset.
class LoadPlan {
 public:
  explicit LoadPlan(const MemoryLayout& layout);

  // Takes [address, address+size) for `what`. The error says why not, without naming any file.
  Result<> claim(u64 address, u64 size, std::string_view what);

  // A free place of `size` bytes in [from, end) of RAM, or nothing.
  std::optional<u64> findLowest(u64 size, u64 alignment, u64 from, u64 end) const;
  std::optional<u64> findHighest(u64 size, u64 alignment, u64 from, u64 end) const;

  // Contents of claimed memory, written in this order. `zero` clears.
  void put(u64 address, std::vector<u8> bytes);
  void put(u64 address, SharedBytes file, u64 offset, u64 length);
  void zero(u64 address, u64 size);

  // For the small tables that an entry needs: finds, claims and fills a place in the first megabyte
  // (above it when that is full).
  Result<u64> placeLow(std::vector<u8> bytes, u64 alignment, std::string_view what);

  Result<> commit(GuestMemory& memory) const;
  const MemoryLayout& layout() const { return layout_; }
  std::string ramSummary() const;  // "128 MiB", for messages

 private:
  struct Claim {
    u64 base, end;
    std::string what;
  };
  struct Piece {
    u64 address;
    SharedBytes bytes;  // null: zeros
    u64 offset, length;
  };
  const Claim* overlapping(u64 base, u64 end) const;

  MemoryLayout layout_;
  std::vector<MemoryRange> ram_;
  std::vector<Claim> claims_;
  std::vector<Piece> pieces_;
};

}  // namespace duet::firmware
