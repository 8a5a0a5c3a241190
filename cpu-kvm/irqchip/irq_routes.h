// The kernel's table of interrupt routes: the I/O APIC's pins first, then one a device asked for.
#pragma once

#include <map>
#include <mutex>

#include "core/base/result.h"
#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

// Threads: any. The kernel replaces the whole table at once, so only changes are written.
class IrqRoutes {
 public:
  explicit IrqRoutes(Vm& vm) : vm_(vm) {}

  // A pin's route is there for its end of interrupt; messages are sent without it.
  Result<> setPins(const PinRoutes& routes);

 private:
  Result<> commit();

  Vm& vm_;
  std::mutex mutex_;
  PinRoutes pins_;
};

}  // namespace duet::kvm
