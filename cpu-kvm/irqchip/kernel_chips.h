// The interrupt chips that the kernel runs for one machine, and who has the truth when.
#pragma once

#include <mutex>
#include <vector>

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vm.h"
#include "cpu-kvm/irqchip/irq_routes.h"
#include "cpu-kvm/irqchip/irqchip_mode.h"
#include "cpu-kvm/irqchip/kernel_events.h"
#include "cpu-kvm/irqchip/kernel_pit.h"

namespace duet::kvm {

// A vCPU whose local APIC is the kernel's.
class ApicOwner {
 public:
  virtual ~ApicOwner() = default;
  virtual void giveApic() = 0;   // model → kernel; the vCPU does not run
  virtual void takeApic() = 0;   // kernel → model
  virtual void leaveApic() = 0;  // out of the guest; in the vCPU's thread
  virtual void lookAgain() = 0;  // the kernel may have overlooked an interrupt; any thread
};

// While any vCPU is inside run() the kernel's chips hold the truth, else the machine's models: so time that stands still
// stands still for the APIC timers too, and saved states, resets, debuggers and other engines find the models current.
// Threads: any; add() before vCPUs run.
class KernelChips final : public EngineChips, public EngineWires {
 public:
  // Before vCPUs are created. Fails when this KVM cannot.
  static Result<std::unique_ptr<KernelChips>> create(Vm& vm, IrqchipMode mode);

  KernelEvents& events() { return events_; }
  IrqchipMode mode() const { return mode_; }
  bool wideIds() const { return wideIds_; }
  void add(ApicOwner& vcpu, InterruptChips& models);
  void remove(ApicOwner& vcpu);
  void beginRun();
  void endRun(ApicOwner& leaving);
  void endOfInterrupt(u8 vector) { models_->endOfInterrupt(vector); }

  void deliver(const MsiMessage& message) override;
  void setPinRoutes(const PinRoutes& routes) override;
  void setPicPin(unsigned pin, bool level) override;
  void setIoApicPin(unsigned pin, bool level) override;
  void setPic(const PicImage& image) override;
  PicImage pic() override;
  void setIoApic(const IoApicImage& image) override;
  IoApicImage ioApic() override;
  EnginePit* timer() override { return pit_.get(); }

 private:
  KernelChips(Vm& vm, IrqchipMode mode, bool wideIds)
      : vm_(vm), mode_(mode), wideIds_(wideIds), routes_(vm, mode), events_(vm, &routes_) {}

  Vm& vm_;
  const IrqchipMode mode_;
  const bool wideIds_;
  IrqRoutes routes_;
  KernelEvents events_;
  std::unique_ptr<KernelPit> pit_;
  std::mutex mutex_;  // below it the bus's
  InterruptChips* models_ = nullptr;
  std::vector<ApicOwner*> vcpus_;
  unsigned running_ = 0;
};

// While it lives its vCPU is inside run(). Null: no chips are the kernel's.
class ChipUse {
 public:
  ChipUse(KernelChips* chips, ApicOwner& vcpu) : chips_(chips), vcpu_(vcpu) {
    if (chips_) chips_->beginRun();
  }
  ~ChipUse() {
    if (chips_) chips_->endRun(vcpu_);
  }
  ChipUse(const ChipUse&) = delete;
  ChipUse& operator=(const ChipUse&) = delete;

 private:
  KernelChips* const chips_;
  ApicOwner& vcpu_;
};

}  // namespace duet::kvm
