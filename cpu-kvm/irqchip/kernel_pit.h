// The 8254 that the kernel runs for one machine.
#pragma once

#include <memory>
#include <mutex>

#include "core/cpu/interrupt_chips.h"
#include "cpu-kvm/api/vm.h"

namespace duet::kvm {

// The kernel cannot be told how far a counter is, and does not say it of counter 0. What the guest has not loaded since
// setPit() comes back as not `programmed`, so that its owner's own reckoning holds; a counter 0 that the guest has loaded
// comes back as just begun. Threads: any.
class KernelPit final : public EnginePit {
 public:
  // Where all interrupt chips are the kernel's, before vCPUs. Null: this KVM has no 8254.
  static Result<std::unique_ptr<KernelPit>> create(Vm& vm);

  void setPit(const PitImage& image) override;
  PitImage takePit() override;
  void connectPit(bool connected) override;

 private:
  explicit KernelPit(Vm& vm) : vm_(vm) {}
  void give(const PitImage& image);
  PitImage read();
  bool losesTick(const PitChannelImage& given, i64 now) const;
  void tick();

  Vm& vm_;
  std::mutex mutex_;
  PitImage given_;
  kvm_pit_state2 begun_{};            // as the kernel had it at once
  i64 begin_ = 0;                     // when that was
  std::array<bool, 3> programmed_{};  // since setPit()
  bool owesTick_ = false;             // when last read
};

}  // namespace duet::kvm
