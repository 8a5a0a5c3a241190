// IA32_APIC_BASE and its mode transitions, the x2APIC MSRs, IA32_TSC_DEADLINE (SDM vol. 3 11.4.4, 11.12).
#include "core/base/bits.h"
#include "core/cpu/registers.h"
#include "hw/irq/local_apic.h"

namespace duet::hw {

MsrAccess LocalApic::readMsr(u32 index, u64& value) {
  const std::lock_guard lock(mutex_);
  if (index == kMsrApicBase) {
    value = state_.base;
    return MsrAccess::Done;
  }
  if (index == kMsrTscDeadline) {
    if (!config_.tscDeadline) return MsrAccess::NotMine;
    settleTimer();
    value = state_.tscDeadline;
    return MsrAccess::Done;
  }
  if (index < kMsrX2apicFirst || index > kMsrX2apicLast) return MsrAccess::NotMine;
  return readX2apic(index - kMsrX2apicFirst, value) ? MsrAccess::Done : MsrAccess::Fault;
}

MsrAccess LocalApic::writeMsr(u32 index, u64 value) {
  Deferred later;
  {
    const std::lock_guard lock(mutex_);
    if (index == kMsrApicBase) return writeBase(value) ? MsrAccess::Done : MsrAccess::Fault;
    if (index == kMsrTscDeadline) {
      if (!config_.tscDeadline) return MsrAccess::NotMine;
      writeTscDeadline(value);
      return MsrAccess::Done;
    }
    if (index < kMsrX2apicFirst || index > kMsrX2apicLast) return MsrAccess::NotMine;
    if (!writeX2apic(index - kMsrX2apicFirst, value, later)) return MsrAccess::Fault;
  }
  finish(later);
  return MsrAccess::Done;
}

// Figure 11-27: disabled → xAPIC → x2APIC → disabled; every other change of mode is #GP.
bool LocalApic::writeBase(u64 value) {
  constexpr u64 kMode = kApicBaseEnable | kApicBaseExtd;
  u64 reserved = ~lowMask(config_.physicalBits) | 0x2ff;
  if (!config_.x2apic) reserved |= kApicBaseExtd;
  if (value & reserved) return false;
  const u64 from = state_.base & kMode;
  const u64 to = value & kMode;
  if (to == kApicBaseExtd) return false;
  if (from == 0 && to == kMode) return false;
  if (from == kMode && to == kApicBaseEnable) return false;
  state_.base = value;
  if (from != 0 && to == 0) {
    clearRegisters();  // a disabled APIC loses its state (11.4.3)
  } else if (from != kMode && to == kMode) {
    state_.id = config_.id;
    state_.ldr = logicalId();
    state_.icrHigh = 0;
  }
  announce();  // a disabled APIC passes LINT0 through
  return true;
}

bool LocalApic::readX2apic(unsigned reg, u64& value) const {
  if (!x2apicMode()) return false;
  switch (reg) {
    case kApicApr:
    case kApicEoi:
    case kApicRrd:
    case kApicDfr:
    case kApicIcrHigh:
    case kApicSelfIpi:
      return false;
    case kApicIcrLow:
      value = state_.icrLow | u64{state_.icrHigh} << 32;
      return true;
    default:
      break;
  }
  u32 low = 0;
  if (readRegister(reg, low) == Access::Reserved) return false;
  value = low;
  return true;
}

namespace {

// Bits a WRMSR may set, as table 11-6 and the register figures give them; 0 for read-only registers
// is told apart by `writableX2apic`.
u64 allowedBits(unsigned reg, bool tscDeadline) {
  switch (reg) {
    case kApicTpr:
      return 0xff;
    case kApicSvr:
      return kSvrBits;
    case kApicIcrLow:
      return 0xffffffff000ccfff;
    case kApicLvtTimer:
      return kLvtBits[kLvtTimer] & ~(tscDeadline ? 0 : kLvtTimerDeadline);
    case kApicInitialCount:
      return 0xffffffff;
    case kApicDivide:
      return kTimerDivideBits;
    case kApicSelfIpi:
      return 0xff;
    default:  // EOI, ESR: only zero
      return reg >= kApicLvtTimer && reg <= kApicLvtError ? kLvtBits[reg - kApicLvtTimer] : 0;
  }
}

bool writableX2apic(unsigned reg) {
  switch (reg) {
    case kApicTpr:
    case kApicEoi:
    case kApicSvr:
    case kApicEsr:
    case kApicIcrLow:
    case kApicInitialCount:
    case kApicDivide:
    case kApicSelfIpi:
      return true;
    default:
      return reg >= kApicLvtTimer && reg <= kApicLvtError;
  }
}

}  // namespace

bool LocalApic::writeX2apic(unsigned reg, u64 value, Deferred& later) {
  if (!x2apicMode() || !writableX2apic(reg)) return false;
  if (value & ~allowedBits(reg, config_.tscDeadline)) return false;
  if (reg == kApicIcrLow) {
    writeIcr(static_cast<u32>(value), static_cast<u32>(value >> 32), later);
    return true;
  }
  if (reg == kApicSelfIpi) {
    const u8 vector = static_cast<u8>(value);
    if (vector < 16) {
      raiseError(kEsrSendIllegalVector);
    } else if (softwareEnabled()) {
      request(vector, false);
    }
    return true;
  }
  writeRegister(reg, static_cast<u32>(value), later);
  return true;
}

}  // namespace duet::hw
