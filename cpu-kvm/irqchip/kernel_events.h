// Event descriptors that the kernel signals (doorbells) and that it hears (messages).
#pragma once

#include <map>
#include <mutex>

#include "core/cpu/engine_events.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/irqchip/irq_routes.h"

namespace duet::kvm {

// Threads: any.
class KernelEvents final : public EngineEvents {
 public:
  // `routes` null: without interrupt chips in the kernel there are no messages.
  KernelEvents(Vm& vm, IrqRoutes* routes) : vm_(vm), routes_(routes) {}

  Result<> addDoorbell(const Doorbell& doorbell) override;
  Result<> removeDoorbell(const Doorbell& doorbell) override;
  Result<u32> addMessage(int event, const MsiMessage& message) override;
  Result<> changeMessage(u32 number, const MsiMessage& message) override;
  Result<> removeMessage(u32 number) override;

  // Whether the kernel's local APICs have the truth: only then it hears.
  void listen(bool on);

 private:
  Result<> hear(u32 number, int event, bool on);

  Vm& vm_;
  IrqRoutes* const routes_;
  std::mutex mutex_;
  bool listening_ = false;
  std::map<u32, int> messages_;  // descriptors by number, which is the route's
};

}  // namespace duet::kvm
