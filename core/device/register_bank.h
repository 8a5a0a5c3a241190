// A memory-mapped register file written down as a table: name, offset, width, reset value, writable
// mask, hooks. Overlaps are refused when the table is built; the monitor can list it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/base/types.h"

namespace duet {

struct RegisterSpec {
  std::string name;
  u32 offset = 0;  // bytes from the range's start, a multiple of width
  u8 width = 4;    // bytes: 1, 2, 4, 8
  u64 reset = 0;
  u64 writable = 0;  // bits a plain write changes
  u64 writeOneToClear = 0;
  // Optional hooks. onRead replaces the stored value; onWrite sees the merged new value and the old one
  // and returns what to store.
  std::function<u64(u64 stored)> onRead{};
  std::function<u64(u64 merged, u64 old)> onWrite{};
};

// Threads: none of its own; the device calls it under its lock.
class RegisterBank {
 public:
  // Asserts on overlapping or misaligned specs: a table is code, not input.
  explicit RegisterBank(std::vector<RegisterSpec> specs);

  void reset();
  // Any offset and size 1..8: bytes of several registers are gathered; holes read as zero and ignore
  // writes. A partial write merges with the stored value and calls the hook once a register.
  u64 read(u64 offset, unsigned size);
  void write(u64 offset, unsigned size, u64 value);

  u64 get(u32 offset) const;                       // stored value of the register at exactly this offset
  void set(u32 offset, u64 value);                 // no masks, no hooks
  std::vector<u64> values() const;                 // for the device's state, in table order
  bool setValues(const std::vector<u64>& values);  // false: wrong count; nothing changed

  struct Listing {
    std::string name;
    u32 offset;
    u8 width;
    u64 value;
  };
  std::vector<Listing> list() const;

 private:
  struct Slot {
    RegisterSpec spec;
    u64 value;
  };
  Slot* slotAt(u64 offset);
  std::vector<Slot> slots_;  // ascending by offset
};

}  // namespace duet
