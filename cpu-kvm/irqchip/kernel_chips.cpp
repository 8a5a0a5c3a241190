#include "cpu-kvm/irqchip/kernel_chips.h"

#include "core/base/assert.h"
#include "core/base/log.h"
#include "cpu-kvm/convert/irqchip.h"

namespace duet::kvm {

Result<std::unique_ptr<KernelChips>> KernelChips::create(Vm& vm, IrqchipMode mode) {
  DUET_ASSERT(mode != IrqchipMode::Off);
  const bool all = mode == IrqchipMode::On;
  if (vm.extension(all ? KVM_CAP_IRQCHIP : KVM_CAP_SPLIT_IRQCHIP) <= 0)
    return fail("kernel-irqchip={}: this host kernel's KVM has no such chips; use kernel-irqchip=off",
                all ? "on" : "split");
  auto made = all ? vm.createIrqchip() : vm.enableCapability(KVM_CAP_SPLIT_IRQCHIP, kIoApicPins);
  if (!made) return tl::unexpected(made.error());
  constexpr u64 kIds = KVM_X2APIC_API_USE_32BIT_IDS | KVM_X2APIC_API_DISABLE_BROADCAST_QUIRK;
  const bool wideIds = vm.extension(KVM_CAP_X2APIC_API) > 0 && vm.enableCapability(KVM_CAP_X2APIC_API, kIds);
  std::unique_ptr<KernelChips> chips(new KernelChips(vm, mode, wideIds));
  if (!all) return chips;
  auto pit = KernelPit::create(vm);
  if (!pit) return tl::unexpected(pit.error());
  chips->pit_ = std::move(*pit);
  if (auto ok = chips->routes_.connectWires(chips->pit_ != nullptr); !ok) return tl::unexpected(ok.error());
  return chips;
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
  if (mode_ == IrqchipMode::On) models_->handOverWires(this);
}

void KernelChips::endRun(ApicOwner& leaving) {
  leaving.leaveApic();
  const std::lock_guard lock(mutex_);
  if (--running_) return;
  if (mode_ == IrqchipMode::On) models_->handOverWires(nullptr);
  models_->handOver(nullptr, [this] {
    events_.listen(false);
    for (ApicOwner* vcpu : vcpus_) vcpu->takeApic();
  });
}

void KernelChips::deliver(const MsiMessage& message) { vm_.signalMsi(message.address, message.data); }

void KernelChips::setPinRoutes(const PinRoutes& routes) {
  if (auto ok = routes_.setPins(routes); !ok) log(LogChannel::Error, "{}", ok.error().message);
}

// The kernel's 8259 tells a processor once, and not at all while LINT0 is masked or its APIC disabled; what it has told
// nobody it would keep for ever.
void KernelChips::setPicPin(unsigned pin, bool level) {
  if (!vm_.setIrqLine(kFirstPicInput + pin, level) && !vcpus_.empty()) vcpus_.front()->lookAgain();
}

void KernelChips::setIoApicPin(unsigned pin, bool level) {
  if (pin || !pit_) vm_.setIrqLine(pin, level);
}

namespace {

void orLog(const Result<>& result) {
  if (!result) log(LogChannel::Error, "{}", result.error().message);
}

kvm_irqchip chip(u32 id) {
  kvm_irqchip chip{};
  chip.chip_id = id;
  return chip;
}

constexpr u8 kElcrMask[2] = {0xf8, 0xde};  // IRQ0, 1, 2, 8 and 13 are edges

}  // namespace

// The wires first: the kernel keeps their levels beside the state, and a change of them would change the state.
void KernelChips::setPic(const PicImage& image) {
  constexpr u32 kCascade = 2;
  for (u32 input = 0; input < kPicInputs; ++input)
    if (input != kCascade) setPicPin(input, image[input >> 3].levels >> (input & 7) & 1);
  for (const u32 id : {KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE}) {
    kvm_irqchip state = chip(id);
    state.chip.pic = toKvm(image[id], kElcrMask[id]);
    orLog(vm_.set(state));
  }
}

PicImage KernelChips::pic() {
  PicImage image;
  for (const u32 id : {KVM_IRQCHIP_PIC_MASTER, KVM_IRQCHIP_PIC_SLAVE}) {
    kvm_irqchip state = chip(id);
    orLog(vm_.get(state));
    image[id] = fromKvm(state.chip.pic);
  }
  return image;
}

// The same; all masked meanwhile, so that nothing is sent.
void KernelChips::setIoApic(const IoApicImage& image) {
  constexpr u64 kMasked = 1u << 16;
  IoApicImage masked;
  masked.entries.fill(kMasked);
  kvm_irqchip state = chip(KVM_IRQCHIP_IOAPIC);
  state.chip.ioapic = toKvm(masked);
  orLog(vm_.set(state));
  for (u32 pin = 0; pin < kIoApicPins; ++pin) setIoApicPin(pin, image.levels >> pin & 1);
  state.chip.ioapic = toKvm(image);
  orLog(vm_.set(state));
}

IoApicImage KernelChips::ioApic() {
  kvm_irqchip state = chip(KVM_IRQCHIP_IOAPIC);
  orLog(vm_.get(state));
  return fromKvm(state.chip.ioapic);
}

}  // namespace duet::kvm
