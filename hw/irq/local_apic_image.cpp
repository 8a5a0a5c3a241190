// Handing the registers to an engine's own APIC and taking them back.
#include <algorithm>
#include <utility>

#include "hw/irq/local_apic.h"

namespace duet::hw {

LocalApicImage LocalApic::image() {
  const std::lock_guard lock(mutex_);
  if (!handedOver_) settleTimer();
  LocalApicImage image;
  image.base = state_.base;
  for (unsigned reg = 0; reg < image.registers.size(); ++reg)
    (void)readRegister(reg, image.registers[reg]);  // reserved ones read 0
  // One that ran out since it was settled has not interrupted yet; none left would say that it has.
  u32& left = image.registers[kApicCurrentCount];
  if (timerMode() == 0 && state_.timerRunning && state_.timerInitial != 0) left = std::max(left, 1u);
  image.tscDeadline = state_.tscDeadline;
  return image;
}

// What no register shows stays as it was: the wires, an ExtINT message, errors since ESR was last written.
void LocalApic::setImage(const LocalApicImage& image) {
  const std::lock_guard lock(mutex_);
  stopTimer();
  const auto& r = image.registers;
  state_.base = image.base;
  state_.id = x2apicMode() ? r[kApicId] : r[kApicId] >> 24;
  state_.taskPriority = static_cast<u8>(r[kApicTpr]);
  state_.ldr = r[kApicLdr];
  state_.dfr = r[kApicDfr] | 0x0fffffff;
  state_.svr = r[kApicSvr] & kSvrBits;
  state_.esr = r[kApicEsr];
  state_.icrLow = r[kApicIcrLow] & kIcrLowWritable;
  state_.icrHigh = r[kApicIcrHigh];
  for (unsigned i = 0; i < kLvtCount; ++i) state_.lvt[i] = r[kApicLvtTimer + i] & kLvtBits[i];
  for (unsigned i = 0; i < 8; ++i) {
    state_.isr.words[i] = r[kApicIsr + i];
    state_.tmr.words[i] = r[kApicTmr + i];
    state_.irr.words[i] = r[kApicIrr + i];
  }
  state_.timerInitial = r[kApicInitialCount];
  state_.timerDivide = r[kApicDivide] & kTimerDivideBits;
  state_.tscDeadline = timerMode() == 2 ? image.tscDeadline : 0;
  resumeTimer(r[kApicCurrentCount]);
}

// One-shot and periodic go on from what was left, TSC-deadline from its deadline.
void LocalApic::resumeTimer(u32 count) {
  if (timerMode() == 2) {
    state_.timerRunning = state_.tscDeadline != 0;
    if (state_.timerRunning) state_.timerNext = timeOfDeadline();
  } else {
    state_.timerRunning = count != 0 && state_.timerInitial != 0;
    state_.timerNext = clock_.now() + static_cast<i64>(u64{count} * timerDivisor());
  }
  armTimer();
}

void LocalApic::setHandedOver(bool handedOver) {
  const std::lock_guard lock(mutex_);
  if (handedOver_ == handedOver) return;
  handedOver_ = handedOver;
  timer_.cancel();
  armTimer();
  for (const unsigned pin : {ApicBus::kLint0, ApicBus::kLint1})
    if (!handedOver && (risenPins_ >> pin & 1) && state_.lint[pin]) deliverLint(pin);
  risenPins_ = 0;
  // Whoever has it now looks at what waits.
  if (state_.lint[ApicBus::kLint0] || state_.extIntPending || deliverableLocked())
    mailbox_.post(kMailInterrupt);
}

bool LocalApic::externalWaits() {
  const std::lock_guard lock(mutex_);
  return external_ && (state_.extIntPending || state_.lint[ApicBus::kLint0]);
}

int LocalApic::acknowledgeExternal() {
  {
    const std::lock_guard lock(mutex_);
    state_.extIntPending = false;
  }
  return external_ ? external_->acknowledgeExternal() : -1;
}

u32 LocalApic::takeRisenPins() {
  const std::lock_guard lock(mutex_);
  return std::exchange(risenPins_, 0);
}

}  // namespace duet::hw
