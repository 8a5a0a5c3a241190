// The kernel's table of interrupt routes: the I/O APIC's pins first, then one for each message of a device.
#pragma once

#include <map>
#include <mutex>

#include "core/base/result.h"
#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/irqchip/irqchip_mode.h"

namespace duet::kvm {

// Numbers: the I/O APIC's pins from 0, the 8259s' inputs behind them, then messages.
inline constexpr u32 kFirstPicInput = kIoApicPins, kPicInputs = 16,
                     kFirstMessage = kFirstPicInput + kPicInputs;

// Threads: any. The kernel replaces the whole table at once, so only changes are written.
class IrqRoutes {
 public:
  IrqRoutes(Vm& vm, IrqchipMode mode) : vm_(vm), mode_(mode) {}

  // Where all chips are the kernel's: from their wires. Once.
  Result<> connectWires();

  // A pin's route is there for its end of interrupt; messages are sent without it.
  Result<> setPins(const PinRoutes& routes);
  // Gives the route's number.
  Result<u32> add(const MsiMessage& message);
  Result<> change(u32 number, const MsiMessage& message);
  Result<> remove(u32 number);

 private:
  Result<> commit();

  Vm& vm_;
  const IrqchipMode mode_;
  std::mutex mutex_;
  PinRoutes pins_;
  std::map<u32, MsiMessage> messages_;
};

}  // namespace duet::kvm
