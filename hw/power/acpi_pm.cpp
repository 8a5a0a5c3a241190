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

constexpr u16 kTimerOverflow = 1u << 0;
constexpr u16 kPowerButton = 1u << 8;
constexpr u16 kStatusBits = 0x8d31;  // WAK, PRBTNOR, RTC, PWRBTN, GBL, BM, TMROF
constexpr u16 kEnableBits = 0x4521;
constexpr u32 kSciEnable = 1u << 0;
constexpr u32 kControlBits = 0x1c02;   // SLP_TYP, BM_RLD
constexpr u8 kSleepEnableHigh = 0x20;  // SLP_EN in the second byte of PM1_CNT

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

AcpiPm::AcpiPm(IrqLine sci, TimerQueue& timers, std::function<void()> powerOff)
    : sci_(sci),
      powerOff_(std::move(powerOff)),
      clock_(timers.clock()),
      timer_(timers, [this] { timerFired(); }) {
  reset();
}

void AcpiPm::reset() {
  const std::lock_guard lock(mutex_);
  state_ = AcpiPmState{};
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
  sci_.set((state_.status & state_.enable) != 0 || (state_.gpeStatus & state_.gpeEnable) != 0);
  const bool wanted = (state_.enable & kTimerOverflow) && !(state_.status & kTimerOverflow);
  if (wanted) {
    timer_.arm(counter_.timeOfToggle(state_.toggles + 1));
  } else {
    timer_.cancel();
  }
}

void AcpiPm::timerFired() {
  const std::lock_guard lock(mutex_);
  settle();
  refresh();
}

void AcpiPm::pressPowerButton() {
  const std::lock_guard lock(mutex_);
  state_.status |= kPowerButton;
  refresh();
}

void AcpiPm::setGpe(unsigned number) {
  const std::lock_guard lock(mutex_);
  if (number < 64) state_.gpeStatus |= bit(number);
  refresh();
}

u8 AcpiPm::readByte(u64 offset) {
  if (offset < kEnable) return byteOf(state_.status, offset);
  if (offset < kControl) return byteOf(state_.enable, offset - kEnable);
  if (offset < kTimer) return byteOf(state_.control | kSciEnable, offset - kControl);
  if (offset < kTimer + 4) return byteOf(counter_.value(clock_.now()), offset - kTimer);
  if (offset < kGpeStatus || offset >= kPorts) return 0;
  if (offset < kGpeEnable) return byteOf(state_.gpeStatus, offset - kGpeStatus);
  if (offset < kSmiEnable) return byteOf(state_.gpeEnable, offset - kGpeEnable);
  if (offset < kSmiStatus) return byteOf(state_.smiEnable, offset - kSmiEnable);
  return 0;
}

bool AcpiPm::writeByte(u64 offset, u8 value) {
  if (offset < kEnable) {
    clearByteOf(state_.status, offset, value);
  } else if (offset < kControl) {
    setByteOf(state_.enable, offset - kEnable, value, kEnableBits);
  } else if (offset < kTimer) {
    setByteOf(state_.control, offset - kControl, value, kControlBits);
    if (offset != kControl + 1 || !(value & kSleepEnableHigh)) return false;
    const u64 type = bits(state_.control, 12, 10);
    return type == kSleepTypeS5 || type == kSleepTypeS5Legacy;
  } else if (offset >= kGpeStatus && offset < kGpeEnable) {
    clearByteOf(state_.gpeStatus, offset - kGpeStatus, value);
  } else if (offset >= kGpeEnable && offset < kSmiEnable) {
    setByteOf(state_.gpeEnable, offset - kGpeEnable, value, ~u64{0});
  } else if (offset >= kSmiEnable && offset < kSmiStatus) {
    setByteOf(state_.smiEnable, offset - kSmiEnable, value, ~u32{0});  // stored: nothing raises an SMI
  }
  return false;
}

u64 AcpiPm::read(unsigned, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  // All bytes of the timer belong to one moment.
  if (offset == kTimer && size >= 4) return counter_.value(clock_.now());
  settle();
  refresh();
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= u64{readByte(offset + i)} << (8 * i);
  return value;
}

void AcpiPm::write(unsigned, u64 offset, unsigned size, u64 value) {
  bool off = false;
  {
    const std::lock_guard lock(mutex_);
    settle();
    for (unsigned i = 0; i < size; ++i) off |= writeByte(offset + i, static_cast<u8>(value >> (8 * i)));
    refresh();
  }
  if (off && powerOff_) powerOff_();
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
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  refresh();
  return {};
}

}  // namespace duet::hw
