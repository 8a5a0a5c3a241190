// The register file common to xAPIC MMIO and x2APIC MSRs (SDM vol. 3 table 11-1, 11.5, 11.6).
#include "core/base/bits.h"
#include "hw/irq/local_apic.h"

namespace duet::hw {

namespace {

// Version 14h, six LVT entries, EOI-broadcast suppression.
constexpr u32 kVersion = 0x01050014;

}  // namespace

LocalApic::Access LocalApic::readRegister(unsigned reg, u32& value) const {
  value = 0;
  if (reg >= kApicIsr && reg < kApicIsr + 8) {
    value = state_.isr.words[reg - kApicIsr];
    return Access::Ok;
  }
  if (reg >= kApicTmr && reg < kApicTmr + 8) {
    value = state_.tmr.words[reg - kApicTmr];
    return Access::Ok;
  }
  if (reg >= kApicIrr && reg < kApicIrr + 8) {
    value = state_.irr.words[reg - kApicIrr];
    return Access::Ok;
  }
  if (reg >= kApicLvtTimer && reg <= kApicLvtError) {
    value = state_.lvt[reg - kApicLvtTimer];
    return Access::Ok;
  }
  switch (reg) {
    case kApicId:
      value = x2apicMode() ? state_.id : state_.id << 24;
      break;
    case kApicVersion:
      value = kVersion;
      break;
    case kApicTpr:
      value = state_.taskPriority;
      break;
    case kApicApr:
    case kApicPpr:
      value = processorPriority();
      break;
    case kApicEoi:
    case kApicRrd:
      break;
    case kApicLdr:
      value = state_.ldr;
      break;
    case kApicDfr:
      value = state_.dfr;
      break;
    case kApicSvr:
      value = state_.svr;
      break;
    case kApicEsr:
      value = state_.esr;
      break;
    case kApicIcrLow:
      value = state_.icrLow;
      break;
    case kApicIcrHigh:
      value = state_.icrHigh;
      break;
    case kApicInitialCount:
      value = state_.timerInitial;
      break;
    case kApicCurrentCount:
      value = currentCount();
      break;
    case kApicDivide:
      value = state_.timerDivide;
      break;
    default:
      return Access::Reserved;
  }
  return Access::Ok;
}

LocalApic::Access LocalApic::writeRegister(unsigned reg, u32 value, Deferred& later) {
  if (reg >= kApicLvtTimer && reg <= kApicLvtError) {
    writeLvt(static_cast<LvtIndex>(reg - kApicLvtTimer), value);
    return Access::Ok;
  }
  switch (reg) {
    case kApicId:
      state_.id = value >> 24;
      break;
    case kApicTpr:
      state_.taskPriority = static_cast<u8>(value);
      announce();
      break;
    case kApicEoi:
      endOfInterrupt(later);
      break;
    case kApicLdr:
      state_.ldr = value & 0xff000000;
      break;
    case kApicDfr:
      state_.dfr = value | 0x0fffffff;
      break;
    case kApicSvr:
      writeSvr(value);
      break;
    case kApicEsr:
      state_.esr = state_.esrPending;
      state_.esrPending = 0;
      break;
    case kApicIcrLow:
      writeIcr(value, state_.icrHigh, later);
      break;
    case kApicIcrHigh:
      state_.icrHigh = value & 0xff000000;
      break;
    case kApicInitialCount:
      if (timerMode() == 2) break;  // TSC-deadline mode ignores the count (SDM vol. 3 11.5.4.1)
      settleTimer();
      state_.timerInitial = value;
      startCount();
      break;
    case kApicDivide: {
      settleTimer();
      const u32 count = currentCount();
      state_.timerDivide = value & kTimerDivideBits;
      continueFrom(count);
      break;
    }
    case kApicVersion:
    case kApicApr:
    case kApicPpr:
    case kApicRrd:
    case kApicCurrentCount:
      break;  // read-only
    default:
      if (reg >= kApicIsr && reg < kApicIrr + 8) break;  // read-only
      return Access::Reserved;
  }
  return Access::Ok;
}

void LocalApic::writeSvr(u32 value) {
  settleTimer();
  state_.svr = value & kSvrBits;
  if (!softwareEnabled()) {
    for (u32& lvt : state_.lvt) lvt |= kLvtMasked;
  }
  announce();  // the path of LINT0 may have opened
}

void LocalApic::writeLvt(LvtIndex index, u32 value) {
  if (index == kLvtTimer) settleTimer();
  const unsigned oldMode = timerMode();
  const u32 count = currentCount();
  u32& lvt = state_.lvt[index];
  u32 writable = kLvtBits[index] & ~kLvtReadOnly;
  if (!config_.tscDeadline) writable &= ~kLvtTimerDeadline;
  u32 kept = lvt & kLvtRemoteIrr;
  if (!(value & kLvtLevel)) kept = 0;
  lvt = (value & writable) | kept;
  if (!softwareEnabled()) lvt |= kLvtMasked;
  if (index == kLvtTimer && oldMode != timerMode()) {
    // Crossing between TSC-deadline and the counting modes disarms the timer (11.5.4.1); the latter two share
    // a count, which goes on, and a one-shot that is over stays so.
    if (oldMode == 2 || timerMode() == 2) {
      stopTimer();
      state_.tscDeadline = 0;
      state_.timerInitial = 0;
    } else {
      continueFrom(count);
    }
  }
  if (index == kLvtLint0 && state_.lint[ApicBus::kLint0] && (value & kLvtLevel)) deliverLint(ApicBus::kLint0);
  announce();
}

void LocalApic::writeIcr(u32 low, u32 high, Deferred& later) {
  state_.icrLow = low & kIcrLowWritable;
  state_.icrHigh = high;
  ApicMessage message;
  message.wide = x2apicMode();
  message.destination = x2apicMode() ? high : high >> 24;
  message.logical = testBit(low, 11);
  message.mode = static_cast<DeliveryMode>(bits(low, 10, 8));
  message.vector = static_cast<u8>(low);
  const Shorthand shorthand = static_cast<Shorthand>(bits(low, 19, 18));
  const bool fixed = message.mode == DeliveryMode::Fixed || message.mode == DeliveryMode::LowestPriority;
  if (fixed && message.vector < 16) {
    raiseError(kEsrSendIllegalVector);
    return;
  }
  // Reserved modes are not sent; an INIT level de-assert does nothing since the Pentium 4 (11.6.1).
  if (message.mode == DeliveryMode::Reserved || message.mode == DeliveryMode::ExtInt) return;
  const bool levelDeassert = testBit(low, 15) && !testBit(low, 14);
  if (message.mode == DeliveryMode::Init && levelDeassert) return;
  if (!fixed && shorthand == Shorthand::Self) return;
  later.message = message;
  later.shorthand = shorthand;
}

u64 LocalApic::read(unsigned, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  if (!hardwareEnabled() || x2apicMode()) return lowMask(8 * size);
  const unsigned byte = offset & 0xf;
  u32 value = 0;
  if (readRegister(static_cast<unsigned>(bits(offset, 11, 4)), value) == Access::Reserved) {
    raiseError(kEsrIllegalRegister);
  }
  // Only whole 32-bit reads are architectural; the parts of one read as those bytes, the rest as zero.
  return byte < 4 ? (value >> (8 * byte)) & lowMask(8 * size) : 0;
}

void LocalApic::write(unsigned, u64 offset, unsigned size, u64 value) {
  if (size < 4 || (offset & 0xf) != 0) return;  // not architectural; dropped
  Deferred later;
  {
    const std::lock_guard lock(mutex_);
    if (!hardwareEnabled() || x2apicMode()) return;
    if (writeRegister(static_cast<unsigned>(bits(offset, 11, 4)), static_cast<u32>(value), later) ==
        Access::Reserved) {
      raiseError(kEsrIllegalRegister);
    }
  }
  finish(later);
}

}  // namespace duet::hw
