// What an engine does by itself with host event descriptors (eventfd), so that a device's kick or interrupt needs no exit.
#pragma once

#include <optional>

#include "core/base/result.h"
#include "core/base/types.h"
#include "core/bus/irq_line.h"

namespace duet {

// A register whose write is a mere kick. The device at that address does the same when the write reaches it: another
// engine brings it there.
struct Doorbell {
  bool port = false;  // an I/O port, or memory
  u64 address = 0;
  u32 size = 0;              // bytes of the write, 1 to 8; 0: any (memory only)
  std::optional<u64> value;  // only writes of this value
  int event = -1;            // signalled in place of the write
  bool operator==(const Doorbell&) const = default;
};

// Threads: any. Descriptors stay the caller's, and open until removed.
class EngineEvents {
 public:
  virtual ~EngineEvents() = default;
  virtual Result<> addDoorbell(const Doorbell& doorbell) = 0;
  virtual Result<> removeDoorbell(const Doorbell& doorbell) = 0;
  // From now on a signal of `event` is this message. It takes place while a vCPU runs; a signal that comes at another time
  // waits in the descriptor for that, or for whoever reads it. Gives a number for the other two.
  virtual Result<u32> addMessage(int event, const MsiMessage& message) = 0;
  virtual Result<> changeMessage(u32 number, const MsiMessage& message) = 0;
  virtual Result<> removeMessage(u32 number) = 0;
};

}  // namespace duet
