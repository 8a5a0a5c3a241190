#include "cpu-kvm/irqchip/irq_routes.h"

namespace duet::kvm {
namespace {

kvm_irq_routing_entry entryOf(u32 gsi, const MsiMessage& message) {
  kvm_irq_routing_entry entry{};
  entry.gsi = gsi;
  entry.type = KVM_IRQ_ROUTING_MSI;
  entry.u.msi.address_lo = static_cast<u32>(message.address);
  entry.u.msi.address_hi = static_cast<u32>(message.address >> 32);
  entry.u.msi.data = message.data;
  return entry;
}

kvm_irq_routing_entry wireOf(u32 gsi, u32 chip, u32 pin) {
  kvm_irq_routing_entry entry{};
  entry.gsi = gsi;
  entry.type = KVM_IRQ_ROUTING_IRQCHIP;
  entry.u.irqchip.irqchip = chip;
  entry.u.irqchip.pin = pin;
  return entry;
}

}  // namespace

Result<> IrqRoutes::connectWires(bool pit) {
  const std::lock_guard lock(mutex_);
  pit_ = pit;
  return commit();
}

// An I/O APIC in the kernel knows its routes itself.
Result<> IrqRoutes::setPins(const PinRoutes& routes) {
  if (mode_ == IrqchipMode::On) return {};
  const std::lock_guard lock(mutex_);
  if (pins_ == routes) return {};
  pins_ = routes;
  return commit();
}

Result<u32> IrqRoutes::add(const MsiMessage& message) {
  const std::lock_guard lock(mutex_);
  u32 number = kFirstMessage;
  while (messages_.contains(number)) ++number;
  messages_[number] = message;
  if (auto ok = commit(); !ok) {
    messages_.erase(number);
    return tl::unexpected(ok.error());
  }
  return number;
}

Result<> IrqRoutes::change(u32 number, const MsiMessage& message) {
  const std::lock_guard lock(mutex_);
  const auto found = messages_.find(number);
  if (found == messages_.end()) return fail("kvm: interrupt route {} is not known", number);
  if (found->second == message) return {};
  found->second = message;
  return commit();
}

Result<> IrqRoutes::remove(u32 number) {
  const std::lock_guard lock(mutex_);
  return messages_.erase(number) ? commit() : fail("kvm: interrupt route {} is not known", number);
}

// An acknowledged input is told to the last number that leads there: the 8254's, which waits for it.
void IrqRoutes::addWires(std::vector<kvm_irq_routing_entry>& entries) const {
  for (u32 pin = pit_ ? 1 : 0; pin < kIoApicPins; ++pin)
    entries.push_back(wireOf(pin, KVM_IRQCHIP_IOAPIC, pin));
  for (u32 input = 0; input < kPicInputs; ++input)
    entries.push_back(wireOf(kFirstPicInput + input,
                             input < 8 ? KVM_IRQCHIP_PIC_MASTER : KVM_IRQCHIP_PIC_SLAVE, input & 7));
  if (!pit_) return;
  entries.push_back(wireOf(0, KVM_IRQCHIP_PIC_MASTER, 0));
  entries.push_back(wireOf(0, KVM_IRQCHIP_IOAPIC, kPitIoApicPin));
}

Result<> IrqRoutes::commit() {
  std::vector<kvm_irq_routing_entry> entries;
  for (u32 pin = 0; pin < pins_.size(); ++pin)
    if (pins_[pin]) entries.push_back(entryOf(pin, *pins_[pin]));
  if (mode_ == IrqchipMode::On) addWires(entries);
  for (const auto& [number, message] : messages_) entries.push_back(entryOf(number, message));
  return vm_.setIrqRouting(entries);
}

}  // namespace duet::kvm
