// Which pages of RAM an engine's guests have written, where the engine does not notice it by itself.
#pragma once

#include "core/base/result.h"

namespace duet {

// Threads: any.
class DirtyTracker {
 public:
  virtual ~DirtyTracker() = default;
  // On: from now on pages are found one by one, which costs the guest a fault for each. Off: all of RAM counts as written.
  virtual Result<> track(bool on) = 0;
  // Marks as dirty in guest RAM what was written since the last call; what running vCPUs write meanwhile, now or next time.
  virtual Result<> collect() = 0;
};

}  // namespace duet
