// The kernel's table of interrupt routes: the I/O APIC's pins first, then one for each message of a device.
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
  // Gives the route's number.
  Result<u32> add(const MsiMessage& message);
  Result<> change(u32 number, const MsiMessage& message);
  Result<> remove(u32 number);

 private:
  Result<> commit();

  Vm& vm_;
  std::mutex mutex_;
  PinRoutes pins_;
  std::map<u32, MsiMessage> messages_;
};

}  // namespace duet::kvm
