#include "hw/power/acpi_pm.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {

enum Offset : u64 {
  kStatus = 0x00,
  kEnable = 0x02,
  kControl = 0x04,
  kTimer = 0x08,
  kGpeStatus = 0x20,
  kGpeEnable = 0x28,
  kSmiEnable = 0x30,
  kSmiStatus = 0x34
};

constexpr u16 kTimerOverflow = 1u << 0, kGlobalStatus = 1u << 5, kPowerButton = 1u << 8, kRtcAlarm = 1u << 10,
              kWake = 1u << 15;
constexpr u16 kStatusBits = 0x8d31;  // WAK, PRBTNOR, RTC, PWRBTN, GBL, BM, TMROF
constexpr u16 kEnableBits = 0x4521;
constexpr u32 kSciEnable = 1u << 0;
constexpr u32 kControlBits = 0x1c03;   // SLP_TYP, BM_RLD, SCI_EN
constexpr u8 kGlobalRelease = 0x04;    // GBL_RLS in the first byte of PM1_CNT
constexpr u8 kSleepEnableHigh = 0x20;  // SLP_EN in the second

// SMI_EN and, where there is one, the bit of the same number in SMI_STS.
constexpr u32 kSmiGlobal = 1u << 0, kSmiBios = 1u << 2, kSmiSleep = 1u << 4, kSmiApm = 1u << 5,
              kSmiBiosRelease = 1u << 7;
constexpr u32 kSmiPm1 = 1u << 8;  // SMI_STS only
constexpr u32 kSmiEnableBits = 0x0006687f, kSmiStatusBits = kSmiBios | kSmiSleep | kSmiApm | kSmiPm1;

u8 byteOf(u64 value, u64 index) { return static_cast<u8>(value >> (8 * index)); }

template <class T>
void setByteOf(T& value, u64 index, u8 byte, T writable) {
  const T mask = static_cast<T>(static_cast<T>(T{0xff} << (8 * index)) & writable);
  value = static_cast<T>((value & ~mask) | (static_cast<T>(T{byte} << (8 * index)) & mask));
}

template <class T>
void clearByteOf(T& value, u64 index, u8 ones) {
  value = static_cast<T>(value & ~(T{ones} << (8 * index)));
}

}  // namespace

AcpiPm::AcpiPm(IrqLine sci, TimerQueue& timers, PowerHooks hooks, bool smm)
    : sci_(sci), hooks_(std::move(hooks)), smm_(smm), clock_(timers.clock()), timer_(timers, [this] {
        timerFired();
      }) {
  reset();
}

void AcpiPm::reset() {
  const std::lock_guard lock(mutex_);
  state_ = AcpiPmState{};
  if (!smm_) state_.smiEnable = kSmiApm;
  state_.toggles = counter_.toggles(clock_.now());
  refresh();
}

void AcpiPm::settle() {
  const u64 toggles = counter_.toggles(clock_.now());
  if (toggles > state_.toggles) {
    state_.toggles = toggles;
    state_.status |= kTimerOverflow;
  }
}

void AcpiPm::refresh() {
  const bool wanted = pm1Active() || (state_.gpeStatus & state_.gpeEnable) != 0;
  sci_.set(wanted && (state_.control & kSciEnable));
  if ((state_.enable & kTimerOverflow) && !(state_.status & kTimerOverflow)) {
    timer_.arm(counter_.timeOfToggle(state_.toggles + 1));
  } else {
    timer_.cancel();
  }
}

void AcpiPm::carryOut(const Calls& calls) {
  if (calls.powerOff && hooks_.powerOff) hooks_.powerOff();
  if (calls.sleep && hooks_.sleep) hooks_.sleep();
  if (calls.wake && hooks_.wake) hooks_.wake();
  if (calls.smi && hooks_.smi) hooks_.smi(calls.smiTarget);
}

// The status is set whether or not the SMI is enabled. An SMI is an edge: EOS is kept and gates nothing, for
// firmware for virtual machines leaves it alone.
void AcpiPm::requestSmi(u32 enable, u32 status, unsigned cpu, Calls& calls) {
  state_.smiStatus |= status;
  if (!smm_ || !(state_.smiEnable & enable) || !(state_.smiEnable & kSmiGlobal)) return;
  calls.smi = true;
  calls.smiTarget = cpu;
}

// In legacy mode fixed events are for firmware (ICH9 13.8.3.9, PM1_STS_REG). Asleep, enabled ones wake, and the
// power button always does.
void AcpiPm::event(Calls& calls) {
  if (pm1Active() && !(state_.control & kSciEnable)) requestSmi(kSmiGlobal, kSmiPm1, kEveryCpu, calls);
  const bool wakes = (state_.status & (state_.enable | kPowerButton) & (kPowerButton | kRtcAlarm)) ||
                     (state_.gpeStatus & state_.gpeEnable);
  if (state_.asleep && wakes) {
    state_.asleep = false;
    calls.wake = true;
  }
}

void AcpiPm::timerFired() {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    settle();
    event(calls);
    refresh();
  }
  carryOut(calls);
}

void AcpiPm::pressPowerButton() {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    state_.status |= kPowerButton;
    event(calls);
    refresh();
  }
  carryOut(calls);
}

void AcpiPm::rtcAlarm() {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    state_.status |= kRtcAlarm;
    event(calls);
    refresh();
  }
  carryOut(calls);
}

void AcpiPm::setGpe(unsigned number) {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    if (number < 64) state_.gpeStatus |= bit(number);
    event(calls);
    refresh();
  }
  carryOut(calls);
}

void AcpiPm::setSmiLock(bool locked) {
  const std::lock_guard lock(mutex_);
  state_.smiLocked = locked;
}

void AcpiPm::setAcpiMode() {
  const std::lock_guard lock(mutex_);
  state_.control |= kSciEnable;
  refresh();
}

// WAK_STS and what woke it; the enable bits of events that wake, and the general-purpose events, are on standby power
// (ICH9 13.8.3, "Power Well").
void AcpiPm::wake() {
  const std::lock_guard lock(mutex_);
  constexpr u16 kKept = kPowerButton | kRtcAlarm;
  AcpiPmState awake;
  awake.status = static_cast<u16>(kWake | (state_.status & kKept));
  awake.enable = state_.enable & kKept;
  awake.gpeStatus = state_.gpeStatus;
  awake.gpeEnable = state_.gpeEnable;
  if (!smm_) awake.smiEnable = kSmiApm;
  awake.toggles = counter_.toggles(clock_.now());
  state_ = awake;
  refresh();
}

u8 AcpiPm::readByte(u64 offset) {
  if (offset < kEnable) return byteOf(state_.status, offset);
  if (offset < kControl) return byteOf(state_.enable, offset - kEnable);
  if (offset < kTimer) return byteOf(state_.control, offset - kControl);
  if (offset < kTimer + 4) return byteOf(counter_.value(clock_.now()), offset - kTimer);
  if (offset < kGpeStatus || offset >= kPorts) return 0;
  if (offset < kGpeEnable) return byteOf(state_.gpeStatus, offset - kGpeStatus);
  if (offset < kSmiEnable) return byteOf(state_.gpeEnable, offset - kGpeEnable);
  if (offset < kSmiStatus) return byteOf(state_.smiEnable, offset - kSmiEnable);
  return offset < kSmiStatus + 4 ? byteOf(state_.smiStatus, offset - kSmiStatus) : u8{0};
}

void AcpiPm::writeControl(u64 index, u8 value, Calls& calls) {
  setByteOf(state_.control, index, value, kControlBits);
  if (index == 0 && (value & kGlobalRelease)) requestSmi(kSmiBios, kSmiBios, kEveryCpu, calls);
  if (index != 1 || !(value & kSleepEnableHigh)) return;
  if (state_.smiEnable & kSmiSleep) return requestSmi(kSmiSleep, kSmiSleep, kEveryCpu, calls);
  const u64 type = bits(state_.control, 12, 10);
  calls.powerOff |= type == kSleepTypeS5 || type == kSleepTypeS5Legacy;
  if (type != kSleepTypeS3) return;
  state_.asleep = true;
  calls.sleep = true;
  event(calls);  // what is pending already wakes at once
}

void AcpiPm::writeSmiEnable(u64 index, u8 value) {
  const u32 writable = state_.smiLocked ? kSmiEnableBits & ~kSmiGlobal : kSmiEnableBits;
  setByteOf(state_.smiEnable, index, value, writable);
  if (index == 0 && (value & kSmiBiosRelease)) state_.status |= kGlobalStatus;
}

void AcpiPm::writeByte(u64 offset, u8 value, Calls& calls) {
  if (offset < kEnable) {
    clearByteOf(state_.status, offset, value);
  } else if (offset < kControl) {
    const bool before = pm1Active();
    setByteOf(state_.enable, offset - kEnable, value, kEnableBits);
    if (!before) event(calls);
  } else if (offset < kTimer) {
    writeControl(offset - kControl, value, calls);
  } else if (offset >= kGpeStatus && offset < kGpeEnable) {
    clearByteOf(state_.gpeStatus, offset - kGpeStatus, value);
  } else if (offset >= kGpeEnable && offset < kSmiEnable) {
    setByteOf(state_.gpeEnable, offset - kGpeEnable, value, ~u64{0});
  } else if (offset >= kSmiEnable && offset < kSmiStatus) {
    writeSmiEnable(offset - kSmiEnable, value);
  } else if (offset >= kSmiStatus && offset < kSmiStatus + 4) {
    clearByteOf(state_.smiStatus, offset - kSmiStatus, value);
  }
}

// Switching ACPI mode is done here and not by firmware (ACPI 6.4 4.8.2.5 leaves the means open). Every other command is
// an SMI to the processor that gave it: the others may not have an SMBASE of their own.
void AcpiPm::writeApm(unsigned cpu, u64 offset, u8 value, Calls& calls) {
  if (offset == 1) {
    state_.apmStatus = value;
    return;
  }
  state_.apmControl = value;
  if (value == kAcpiEnable) state_.control |= kSciEnable;
  if (value == kAcpiDisable) state_.control &= ~kSciEnable;
  if (value != kAcpiEnable && value != kAcpiDisable) requestSmi(kSmiApm, kSmiApm, cpu, calls);
}

u64 AcpiPm::read(unsigned range, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  u64 value = 0;
  if (range >= kApm) {
    for (unsigned i = 0; i < size; ++i) {
      const u8 byte = offset + i == 0 ? state_.apmControl : offset + i == 1 ? state_.apmStatus : u8{0xff};
      value |= u64{byte} << (8 * i);
    }
    return value;
  }
  // All bytes of the timer belong to one moment.
  if (offset == kTimer && size >= 4) return counter_.value(clock_.now());
  settle();
  refresh();
  for (unsigned i = 0; i < size; ++i) value |= u64{readByte(offset + i)} << (8 * i);
  return value;
}

void AcpiPm::write(unsigned range, u64 offset, unsigned size, u64 value) {
  Calls calls;
  {
    const std::lock_guard lock(mutex_);
    settle();
    for (unsigned i = 0; i < size; ++i) {
      const u8 byte = static_cast<u8>(value >> (8 * i));
      if (range >= kApm)
        writeApm(range - kApm, offset + i, byte, calls);
      else
        writeByte(offset + i, byte, calls);
    }
    refresh();
  }
  carryOut(calls);
}

std::vector<u8> AcpiPm::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> AcpiPm::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<AcpiPmState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->toggles >> 40) return fail("acpi_pm: the saved timer count is out of range");
  loaded->status &= kStatusBits;
  loaded->enable &= kEnableBits;
  loaded->control &= kControlBits;
  loaded->smiEnable &= kSmiEnableBits;
  loaded->smiStatus &= kSmiStatusBits;
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  refresh();
  return {};
}

}  // namespace duet::hw
