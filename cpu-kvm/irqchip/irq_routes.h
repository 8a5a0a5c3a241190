// The kernel's table of interrupt routes: the I/O APIC's pins first, then one for each message of a device.
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "core/base/result.h"
#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/irqchip/irqchip_mode.h"

namespace duet::kvm {

// Numbers: the I/O APIC's pins from 0, the 8259s' inputs behind them, then messages.
inline constexpr u32 kFirstPicInput = kIoApicPins, kPicInputs = 16,
                     kFirstMessage = kFirstPicInput + kPicInputs;

// Where the PC's IRQ0 goes beside the 8259.
inline constexpr u32 kPitIoApicPin = 2;

// Threads: any. The kernel replaces the whole table at once, so only changes are written.
class IrqRoutes {
 public:
  IrqRoutes(Vm& vm, IrqchipMode mode) : vm_(vm), mode_(mode) {}

  // Where all chips are the kernel's: from their wires. Once. With `pit` number 0 is its wire, to both chips; no wire of
  // ours leads to the I/O APIC's pin 0, then.
  Result<> connectWires(bool pit);

  // A pin's route is there for its end of interrupt; messages are sent without it.
  Result<> setPins(const PinRoutes& routes);
  // Gives the route's number.
  Result<u32> add(const MsiMessage& message);
  Result<> change(u32 number, const MsiMessage& message);
  Result<> remove(u32 number);

 private:
  Result<> commit();
  void addWires(std::vector<kvm_irq_routing_entry>& entries) const;

  Vm& vm_;
  const IrqchipMode mode_;
  bool pit_ = false;
  std::mutex mutex_;
  PinRoutes pins_;
  std::map<u32, MsiMessage> messages_;
};

}  // namespace duet::kvm
