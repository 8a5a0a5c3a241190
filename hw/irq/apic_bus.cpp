#include "hw/irq/apic_bus.h"

#include <ranges>

#include "core/base/bits.h"
#include "hw/irq/local_apic.h"

namespace duet::hw {
namespace {

bool isInterrupt(const MsiMessage& msi) { return (msi.address >> 20) == 0xfee; }
DeliveryMode modeOf(const MsiMessage& msi) { return static_cast<DeliveryMode>(bits(msi.data, 10, 8)); }

}  // namespace

void ApicBus::send(const ApicMessage& message, LocalApic* sender, Shorthand shorthand) {
  if (shorthand == Shorthand::Self) {
    if (sender) sender->deliver(message);
    return;
  }
  LocalApic* const excluded = shorthand == Shorthand::AllExcludingSelf ? sender : nullptr;
  const bool everyone = shorthand != Shorthand::None;
  if (message.mode == DeliveryMode::LowestPriority) {
    sendToLowest(message, excluded, everyone);
    return;
  }
  for (LocalApic* apic : apics_) {
    if (apic != excluded && (everyone || apic->matches(message))) apic->deliver(message);
  }
}

// Arbitration (SDM vol. 3 11.6.2.4): the lowest processor priority takes it; among equals the first.
void ApicBus::sendToLowest(const ApicMessage& message, LocalApic* excluded, bool everyone) {
  LocalApic* best = nullptr;
  unsigned bestPriority = 0x100;
  for (LocalApic* apic : apics_) {
    if (apic == excluded || !(everyone || apic->matches(message))) continue;
    const unsigned priority = apic->arbitrationPriority();
    if (priority < bestPriority) {
      best = apic;
      bestPriority = priority;
    }
  }
  if (best) best->deliver(message);
}

bool ApicBus::sendTo(u32 apicId, const ApicMessage& message) {
  for (LocalApic* apic : apics_) {
    if (apic->apicId() != apicId) continue;
    apic->deliver(message);
    return true;
  }
  return false;
}

bool ApicBus::unhalt(u32 apicId) {
  for (LocalApic* apic : apics_) {
    if (apic->apicId() != apicId) continue;
    apic->mailbox().post(kMailUnhalt);
    return true;
  }
  return false;
}

// ExtINT messages stay with the models, which have the 8259 to ask.
void ApicBus::sendMsi(const MsiMessage& msi) {
  if (!isInterrupt(msi)) return;
  const std::shared_lock lock(handOver_);
  if (engine_ && modeOf(msi) != DeliveryMode::ExtInt)
    engine_->deliver(msi);
  else
    sendToModels(msi);
}

// SDM vol. 3 11.11.
void ApicBus::sendToModels(const MsiMessage& msi) {
  ApicMessage message;
  message.destination = static_cast<u32>(bits(msi.address, 19, 12));
  message.logical = testBit(msi.address, 2);
  message.vector = static_cast<u8>(msi.data);
  message.mode = modeOf(msi);
  message.level = testBit(msi.data, 15);
  if (message.level && !testBit(msi.data, 14)) return;  // the level went away: nothing to deliver
  const bool redirectionHint = testBit(msi.address, 3);
  if (redirectionHint && message.mode == DeliveryMode::Fixed) message.mode = DeliveryMode::LowestPriority;
  send(message);
}

void ApicBus::setIrqLevel(unsigned pin, bool level) {
  const std::shared_lock lock(handOver_);
  for (LocalApic* apic : apics_) apic->setLint(pin, level);
}

void ApicBus::broadcastEoi(u8 vector) {
  for (EoiListener* listener : listeners_) listener->endOfInterrupt(vector);
}

void ApicBus::handOver(EngineChips* to, const std::function<void()>& move) {
  const std::unique_lock lock(handOver_);
  move();
  engine_ = to;
  if (to) {
    const std::lock_guard routes(routesMutex_);
    to->setPinRoutes(routes_);
  }
  for (LocalApic* apic : apics_) apic->setHandedOver(to != nullptr);
}

void ApicBus::handOverWires(EngineWires* to) {
  if (to)
    for (WireChip* chip : wireChips_) chip->handOver(to);
  else
    for (WireChip* chip : std::views::reverse(wireChips_)) chip->handOver(nullptr);
}

void ApicBus::setPinRoute(unsigned pin, const std::optional<MsiMessage>& route) {
  const std::shared_lock lock(handOver_);
  const std::lock_guard routes(routesMutex_);
  if (pin >= routes_.size() || routes_[pin] == route) return;
  routes_[pin] = route;
  if (engine_) engine_->setPinRoutes(routes_);
}

}  // namespace duet::hw
