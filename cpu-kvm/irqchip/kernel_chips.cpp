#include "cpu-kvm/irqchip/kernel_chips.h"

#include "core/base/assert.h"
#include "core/base/log.h"

namespace duet::kvm {

Result<std::unique_ptr<KernelChips>> KernelChips::create(Vm& vm, IrqchipMode mode) {
  DUET_ASSERT(mode == IrqchipMode::Split);
  if (vm.extension(KVM_CAP_SPLIT_IRQCHIP) <= 0)
    return fail("kernel-irqchip=split: this host kernel's KVM has no SPLIT_IRQCHIP; use kernel-irqchip=off");
  if (auto ok = vm.enableCapability(KVM_CAP_SPLIT_IRQCHIP, kIoApicPins); !ok)
    return tl::unexpected(ok.error());
  constexpr u64 kIds = KVM_X2APIC_API_USE_32BIT_IDS | KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK;
  const bool wideIds = vm.extension(KVM_CAP_X2APIC_API) > 0 && vm.enableCapability(KVM_CAP_X2APIC_API, kIds);
  return std::unique_ptr<KernelChips>(new KernelChips(vm, wideIds));
}

void KernelChips::add(ApicOwner& vcpu, InterruptChips& models) {
  const std::lock_guard lock(mutex_);
  models_ = &models;
  vcpus_.push_back(&vcpu);
}

void KernelChips::remove(ApicOwner& vcpu) {
  const std::lock_guard lock(mutex_);
  std::erase(vcpus_, &vcpu);
}

void KernelChips::beginRun() {
  const std::lock_guard lock(mutex_);
  if (running_++) return;
  models_->handOver(this, [this] {
    for (ApicOwner* vcpu : vcpus_) vcpu->giveApic();
    events_.listen(true);
  });
}

void KernelChips::endRun() {
  const std::lock_guard lock(mutex_);
  if (--running_) return;
  models_->handOver(nullptr, [this] {
    events_.listen(false);
    for (ApicOwner* vcpu : vcpus_) vcpu->takeApic();
  });
}

void KernelChips::deliver(const MsiMessage& message) { vm_.signalMsi(message.address, message.data); }

void KernelChips::setPinRoutes(const PinRoutes& routes) {
  if (auto ok = routes_.setPins(routes); !ok) log(LogChannel::Error, "{}", ok.error().message);
}

}  // namespace duet::kvm
