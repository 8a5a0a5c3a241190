// What every guest device is.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/types.h"

namespace duet {

// A device gets what it needs (interrupt line, clock or timers, guest memory, host backend) in its
// constructor and knows nothing else: no Machine, no globals, no own address.
// Threads: reset, wake, saveState and loadState only while no vCPU runs; register access from any vCPU thread.
class Device {
 public:
  virtual ~Device() = default;
  virtual std::string_view name() const = 0;  // chip name, e.g. "pit8254"; used in snapshots and logs
  virtual void reset() = 0;                   // power-on state; idempotent
  // The end of ACPI S3: a reset of everything that standby power does not hold.
  virtual void wake() { reset(); }
};

// A device with state that a snapshot must hold. `version` starts at 1 and rises with the format.
class StatefulDevice : public Device {
 public:
  virtual u32 stateVersion() const { return 1; }
  virtual std::vector<u8> saveState() const = 0;
  // All or nothing: builds aside, then commits. Data is hostile: bad length or values → error, device
  // unchanged.
  virtual Result<> loadState(std::span<const u8> data, u32 version) = 0;
};

}  // namespace duet
