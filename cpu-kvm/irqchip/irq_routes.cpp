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

Result<> IrqRoutes::commit() {
  std::vector<kvm_irq_routing_entry> entries;
  for (u32 pin = 0; pin < pins_.size(); ++pin)
    if (pins_[pin]) entries.push_back(entryOf(pin, *pins_[pin]));
  return vm_.setIrqRouting(entries);
}

}  // namespace duet::kvm
