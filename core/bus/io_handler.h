// What a device offers to an address space: a register file read and written by offset.
#pragma once

#include "core/base/types.h"

namespace duet {

// Threads: called from any vCPU thread, several at once; the device takes its own lock.
// A device is told which of its ranges (numbered by the board at mapping time) and the offset in it,
// never its own address. `size` is 1, 2, 4 or 8 bytes; any offset and size may come (guest data, never
// assert). Reads of nothing return all ones. A call may remap address spaces and raise interrupts.
class IoHandler {
 public:
  virtual ~IoHandler() = default;
  virtual u64 read(unsigned range, u64 offset, unsigned size) = 0;
  virtual void write(unsigned range, u64 offset, unsigned size, u64 value) = 0;
};

}  // namespace duet
