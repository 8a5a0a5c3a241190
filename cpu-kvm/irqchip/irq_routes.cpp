#include "cpu-kvm/irqchip/irq_routes.h"

#include <vector>

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

}  // namespace

Result<> IrqRoutes::setPins(const PinRoutes& routes) {
  const std::lock_guard lock(mutex_);
  if (pins_ == routes) return {};
  pins_ = routes;
  return commit();
}

Result<u32> IrqRoutes::add(const MsiMessage& message) {
  const std::lock_guard lock(mutex_);
  u32 number = kIoApicPins;
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

Result<> IrqRoutes::commit() {
  std::vector<kvm_irq_routing_entry> entries;
  for (u32 pin = 0; pin < pins_.size(); ++pin)
    if (pins_[pin]) entries.push_back(entryOf(pin, *pins_[pin]));
  for (const auto& [number, message] : messages_) entries.push_back(entryOf(number, message));
  return vm_.setIrqRouting(entries);
}

}  // namespace duet::kvm
