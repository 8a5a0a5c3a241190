// The kernel's local APIC of one vCPU, beside the machine's model of it.
#pragma once

#include <chrono>
#include <optional>

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vcpu_fd.h"

namespace duet::kvm {

// Threads: as VcpuFd says.
class KernelApic {
 public:
  struct Config {
    bool bootProcessor = true;
    bool wideIds = true;     // as in convert/local_apic.h
    bool kernelPic = false;  // the 8259s are the kernel's, too
  };
  KernelApic(VcpuFd& fd, LocalApicModel& model, const Config& config)
      : fd_(fd), model_(model), config_(config) {}

  // Model → kernel and back. `tscOffset`: the guest's TSC minus the clock's, which the kernel already has.
  Result<> give(u64 tscOffset);
  Result<> take(u64 tscOffset);
  // The vCPU's thread has left the guest; nothing is left open by an exit. A periodic timer that goes on counting until take() is
  // watched from here, since the kernel would not say what it has missed. `settle`: an entry changes nothing else.
  void leave(bool settle);

  bool externalWaits() { return !config_.kernelPic && model_.externalWaits(); }
  int acknowledgeExternal() { return model_.acknowledgeExternal(); }
  // What LINT pins that rose ask for by their entries, as mailbox bits; a fixed vector goes to the kernel at once.
  u32 serveRisenPins(EngineChips& chips);

 private:
  struct TimerCount {
    std::chrono::steady_clock::time_point at;
    u32 count = 0;
    bool ticked = false;  // before
  };
  std::optional<TimerCount> readTimer();
  bool ticked(const LocalApicImage& now) const;

  u32 servePin(unsigned pin, const LocalApicImage& now, EngineChips& chips);

  VcpuFd& fd_;
  LocalApicModel& model_;
  const Config config_;
  std::optional<TimerCount> left_;  // when the vCPU last left the guest, if the timer is periodic
};

}  // namespace duet::kvm
