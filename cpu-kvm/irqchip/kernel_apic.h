// The kernel's local APIC of one vCPU, beside the machine's model of it.
#pragma once

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vcpu_fd.h"

namespace duet::kvm {

// Threads: as VcpuFd says.
class KernelApic {
 public:
  KernelApic(VcpuFd& fd, LocalApicModel& model, bool bootProcessor, bool wideIds)
      : fd_(fd), model_(model), bootProcessor_(bootProcessor), wideIds_(wideIds) {}

  // Model → kernel and back. `tscOffset`: the guest's TSC minus the clock's, which the kernel already has.
  Result<> give(u64 tscOffset);
  Result<> take(u64 tscOffset);

  bool externalWaits() { return model_.externalWaits(); }
  int acknowledgeExternal() { return model_.acknowledgeExternal(); }
  // What LINT pins that rose ask for by their entries, as mailbox bits; a fixed vector goes to the kernel at once.
  u32 serveRisenPins(EngineChips& chips);

 private:
  u32 servePin(unsigned pin, const LocalApicImage& now, EngineChips& chips);

  VcpuFd& fd_;
  LocalApicModel& model_;
  const bool bootProcessor_, wideIds_;
};

}  // namespace duet::kvm
