// Requests, priorities, acknowledge, reset. Registers are in local_apic_registers.cpp, MSRs in
// local_apic_msr.cpp, the timer in local_apic_timer.cpp.
#include "hw/irq/local_apic.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

LocalApic::LocalApic(const Config& config, ApicBus& bus, VcpuMailbox& mailbox, TimerQueue& timers)
    : config_(config),
      name_(fmt::format("lapic{}", config.id)),
      bus_(bus),
      mailbox_(mailbox),
      clock_(timers.clock()),
      timer_(timers, [this] { timerFired(); }) {
  reset();
}

void LocalApic::clearRegisters() {
  stopTimer();
  const u64 base = state_.base;
  const std::array<bool, 2> lint = state_.lint;
  state_ = LocalApicState{};
  state_.base = base;
  state_.lint = lint;  // wires, not registers
  state_.id = config_.id;
  state_.lvt.fill(kLvtMasked);
}

void LocalApic::reset() {
  const std::lock_guard lock(mutex_);
  clearRegisters();
  state_.lint = {};
  state_.base = kApicDefaultPage | kApicBaseEnable | (config_.bootProcessor ? kApicBaseBsp : 0);
}

// INIT leaves the mode, the base and the ID alone (SDM vol. 3 11.4.7.3, 11.12.5.2).
void LocalApic::initReset() {
  const std::lock_guard lock(mutex_);
  const u32 id = state_.id;
  clearRegisters();
  state_.id = id;
  if (x2apicMode()) state_.ldr = logicalId();
}

// The logical x2APIC ID follows from the APIC ID (SDM vol. 3 11.12.10.2).
u32 LocalApic::logicalId() const { return ((config_.id & 0xffff0) << 12) | (1u << (config_.id & 0xf)); }

u8 LocalApic::processorPriority() const {
  const int inService = state_.isr.highest();
  const u8 service = inService < 0 ? u8{0} : static_cast<u8>(inService & 0xf0);
  return (state_.taskPriority & 0xf0) >= service ? state_.taskPriority : service;
}

int LocalApic::pendingVector() const {
  if (!hardwareEnabled()) return -1;
  const int requested = state_.irr.highest();
  return requested >= 0 && (requested & 0xf0) > (processorPriority() & 0xf0) ? requested : -1;
}

// While the APIC is disabled in IA32_APIC_BASE its LINT0 pin is the boot processor's INTR pin (SDM vol. 3
// 11.4.3); else the LVT decides, whose entries a reset masks.
bool LocalApic::externalPending() const {
  if (!external_) return false;
  if (state_.extIntPending && hardwareEnabled()) return true;
  if (!state_.lint[ApicBus::kLint0]) return false;
  if (!hardwareEnabled()) return config_.bootProcessor;
  const u32 lvt = state_.lvt[kLvtLint0];
  return !(lvt & kLvtMasked) && static_cast<DeliveryMode>(bits(lvt, 10, 8)) == DeliveryMode::ExtInt;
}

void LocalApic::announce() {
  if (deliverableLocked()) mailbox_.post(kMailInterrupt);
}

bool LocalApic::deliverable() {
  const std::lock_guard lock(mutex_);
  return deliverableLocked();
}

int LocalApic::acknowledge() {
  {
    const std::lock_guard lock(mutex_);
    if (!externalPending()) {
      const int vector = pendingVector();
      if (vector < 0) return -1;
      state_.irr.clear(static_cast<u8>(vector));
      state_.isr.set(static_cast<u8>(vector));
      return vector;
    }
    state_.extIntPending = false;
  }
  return external_->acknowledgeExternal();
}

u8 LocalApic::taskPriority() {
  const std::lock_guard lock(mutex_);
  return state_.taskPriority >> 4;
}

void LocalApic::setTaskPriority(u8 cr8) {
  const std::lock_guard lock(mutex_);
  state_.taskPriority = static_cast<u8>((cr8 & 0xf) << 4);
  announce();
}

std::optional<Gpa> LocalApic::mmioPage() {
  const std::lock_guard lock(mutex_);
  if (!hardwareEnabled() || x2apicMode()) return std::nullopt;
  return Gpa(state_.base & ~kPageMask);
}

u32 LocalApic::apicId() {
  const std::lock_guard lock(mutex_);
  return state_.id;
}

bool LocalApic::matches(const ApicMessage& message) {
  const std::lock_guard lock(mutex_);
  if (!hardwareEnabled()) return false;
  if (message.broadcast()) return true;
  const u32 destination = message.destination;
  if (!message.logical) return destination == (x2apicMode() ? state_.id : state_.id & 0xff);
  if (x2apicMode()) return (destination >> 16) == (state_.ldr >> 16) && (destination & state_.ldr & 0xffff);
  const u32 mine = state_.ldr >> 24;
  const bool flat = (state_.dfr >> 28) == 0xf;
  if (flat) return (destination & mine & 0xff) != 0;
  const u32 cluster = (destination >> 4) & 0xf;
  return (cluster == 0xf || cluster == (mine >> 4)) && (destination & mine & 0xf) != 0;
}

unsigned LocalApic::arbitrationPriority() {
  const std::lock_guard lock(mutex_);
  return hardwareEnabled() && softwareEnabled() ? processorPriority() : 0x100;
}

void LocalApic::request(u8 vector, bool level) {
  if (vector < 16) {
    raiseError(kEsrReceiveIllegalVector);
    return;
  }
  state_.irr.set(vector);
  if (level) {
    state_.tmr.set(vector);
  } else {
    state_.tmr.clear(vector);
  }
  announce();
}

void LocalApic::deliver(const ApicMessage& message) {
  const std::lock_guard lock(mutex_);
  if (!hardwareEnabled() || signalProcessor(message.mode)) return;
  switch (message.mode) {
    case DeliveryMode::Fixed:
    case DeliveryMode::LowestPriority:
      if (softwareEnabled()) request(message.vector, message.level);
      break;
    case DeliveryMode::StartUp:
      mailbox_.postSipi(message.vector);
      break;
    case DeliveryMode::ExtInt:
      if (!softwareEnabled() && !handedOver_) break;
      state_.extIntPending = true;
      announce();
      break;
    default:
      break;  // reserved
  }
}

// The delivery modes without a vector that messages and LINT pins share; false: it is none of them.
bool LocalApic::signalProcessor(DeliveryMode mode) {
  switch (mode) {
    case DeliveryMode::Smi:
      mailbox_.post(kMailSmi);
      return true;
    case DeliveryMode::Nmi:
      mailbox_.post(kMailNmi);
      return true;
    case DeliveryMode::Init:
      mailbox_.post(kMailInit);
      return true;
    default:
      return false;
  }
}

void LocalApic::setLint(unsigned pin, bool level) {
  const std::lock_guard lock(mutex_);
  if (pin > 1 || state_.lint[pin] == level) return;
  state_.lint[pin] = level;
  if (level) deliverLint(pin);
}

// A rising LINT pin, or a level-triggered one that may be taken again.
void LocalApic::deliverLint(unsigned pin) {
  if (handedOver_) {
    risenPins_ |= 1u << pin;
    mailbox_.post(kMailInterrupt);
    return;
  }
  if (!hardwareEnabled()) {
    // The pins are INTR and NMI of a processor without an APIC.
    if (pin == ApicBus::kLint1 && config_.bootProcessor) signalProcessor(DeliveryMode::Nmi);
    announce();
    return;
  }
  u32& lvt = state_.lvt[pin == ApicBus::kLint0 ? kLvtLint0 : kLvtLint1];
  const DeliveryMode mode = static_cast<DeliveryMode>(bits(lvt, 10, 8));
  if ((lvt & kLvtMasked) || signalProcessor(mode)) return;
  if (mode != DeliveryMode::Fixed) {
    announce();  // ExtINT is a level; the others are reserved
    return;
  }
  const bool level = (lvt & kLvtLevel) && pin == ApicBus::kLint0;
  if (level && (lvt & kLvtRemoteIrr)) return;
  if (level) lvt |= kLvtRemoteIrr;
  request(static_cast<u8>(lvt), level);
}

void LocalApic::deliverLocal(LvtIndex index) {
  const u32 lvt = state_.lvt[index];
  if ((lvt & kLvtMasked) || !hardwareEnabled()) return;
  request(static_cast<u8>(lvt), false);
}

// An illegal vector of the error interrupt itself is one more error, which that interrupt cannot tell of either.
void LocalApic::raiseError(u32 esrBit) {
  const bool fresh = !(state_.esrPending & esrBit);
  state_.esrPending |= esrBit;
  const u32 lvt = state_.lvt[kLvtError];
  if (!fresh || (lvt & kLvtMasked)) return;
  const u8 vector = static_cast<u8>(lvt);
  if (vector < 16) {
    state_.esrPending |= kEsrReceiveIllegalVector;
  } else {
    request(vector, false);
  }
}

void LocalApic::endOfInterrupt(Deferred& later) {
  const int inService = state_.isr.highest();
  if (inService < 0) return;
  const u8 vector = static_cast<u8>(inService);
  state_.isr.clear(vector);
  if (state_.tmr.test(vector)) {
    if (!(state_.svr & kSvrSuppressEoiBroadcast)) later.eoiVector = vector;
    u32& lvt = state_.lvt[kLvtLint0];
    if ((lvt & kLvtRemoteIrr) && (lvt & 0xff) == vector) {
      lvt &= ~kLvtRemoteIrr;
      if (state_.lint[ApicBus::kLint0]) deliverLint(ApicBus::kLint0);
    }
  }
  announce();
}

void LocalApic::finish(const Deferred& later) {
  if (later.eoiVector >= 0) bus_.broadcastEoi(static_cast<u8>(later.eoiVector));
  if (later.message) bus_.send(*later.message, this, later.shorthand);
}

bool LocalApic::sendIpi(u32 destination, u32 icrLow) {
  ApicMessage message;
  message.mode = static_cast<DeliveryMode>(bits(icrLow, 10, 8));
  message.vector = static_cast<u8>(icrLow);
  message.level = testBit(icrLow, 15);
  return bus_.sendTo(destination, message);
}

bool LocalApic::unhalt(u32 destination) { return bus_.unhalt(destination); }

std::vector<u8> LocalApic::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> LocalApic::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<LocalApicState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  const u64 mode = loaded->base & (kApicBaseEnable | kApicBaseExtd);
  if (mode == kApicBaseExtd || (mode == (kApicBaseExtd | kApicBaseEnable) && !config_.x2apic)) {
    return fail("{}: the saved APIC base {:#x} is not possible here", name_, loaded->base);
  }
  if (loaded->timerNext < 0) return fail("{}: the saved timer time is negative", name_);
  if (loaded->timerRunning && loaded->timerInitial == 0 && loaded->tscDeadline == 0)
    return fail("{}: the saved timer runs without a count", name_);
  loaded->timerDivide &= kTimerDivideBits;
  for (unsigned i = 0; i < kLvtCount; ++i) loaded->lvt[i] &= kLvtBits[i];
  const std::lock_guard lock(mutex_);
  stopTimer();
  state_ = *loaded;
  armTimer();
  announce();
  return {};
}

}  // namespace duet::hw
