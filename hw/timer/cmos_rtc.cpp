// MC146818A datasheet; register numbers and update timing at a 32.768 kHz time base.
#include "hw/timer/cmos_rtc.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {

constexpr i64 kSecond = 1'000'000'000;
constexpr i64 kUpdateAhead = 244'000;  // UIP rises this long before the second turns
constexpr i64 kDay = 86400;

enum Register : u8 {
  kSeconds,
  kSecondsAlarm,
  kMinutes,
  kMinutesAlarm,
  kHours,
  kHoursAlarm,
  kWeekday,
  kDayOfMonth,
  kMonth,
  kYear,
  kA,
  kB,
  kC,
  kD,
  kCentury = 0x32
};
enum : u8 {
  kSet = 0x80,
  kBinary = 0x04,
  k24Hours = 0x02,
  kUip = 0x80,
  kIrqf = 0x80,
  kPf = 0x40,
  kAf = 0x20,
  kUf = 0x10,
  kValidRam = 0x80
};

bool isAlarm(unsigned index) {
  return index == kSecondsAlarm || index == kMinutesAlarm || index == kHoursAlarm;
}
i64 floorDiv(i64 a, i64 b) { return (a >= 0 ? a : a - b + 1) / b; }

}  // namespace

CmosRtc::CmosRtc(const Config& config, IrqLine irq, TimerQueue& timers)
    : config_(config), irq_(irq), clock_(timers.clock()), timer_(timers, [this] { timerFired(); }) {
  state_.epoch = config.startSeconds;
  std::array<u8, 256>& m = state_.memory;
  const auto put16 = [&m](unsigned index, u64 value) {
    m[index] = static_cast<u8>(value);
    m[index + 1] = static_cast<u8>(value >> 8);
  };
  const u64 below = config.memoryBelow4G;
  m[0x14] = 0x06;  // FPU and PS/2 mouse present
  put16(0x15, 640);
  const u64 extended = std::min<u64>(below > 1_MiB ? (below - 1_MiB) >> 10 : 0, 0xffff);
  put16(0x17, extended);
  put16(0x30, extended);
  put16(0x34, std::min<u64>(below > 16_MiB ? (below - 16_MiB) >> 16 : 0, 0xffff));
  put16(0x5b, config.memoryAbove4G >> 16);
  m[0x5d] = static_cast<u8>(config.memoryAbove4G >> 32);
  m[0x5f] = static_cast<u8>(config.cpus - 1);
  reset();
}

void CmosRtc::setMemory(u8 index, u8 value) {
  const std::lock_guard lock(mutex_);
  if (index > kD) state_.memory[index] = value;
}

void CmosRtc::reset() {
  const std::lock_guard lock(mutex_);
  const Nanoseconds now = clock_.now();
  shown_ = kNothing;
  if (stopped()) releaseTime(now);
  state_.a = 0x26;
  state_.b = k24Hours;
  state_.c = 0;
  state_.index = 0;
  state_.extendedIndex = 0x80;
  state_.checked = now;
  refresh(now);
}

i64 CmosRtc::seconds(Nanoseconds now) const { return state_.epoch + (now + state_.epochNs) / kSecond; }
i64 CmosRtc::fraction(Nanoseconds now) const { return (now + state_.epochNs) % kSecond; }

bool CmosRtc::stopped() const { return (state_.b & kSet) || dividerHeld(); }

u8 CmosRtc::encode(unsigned value) const {
  return static_cast<u8>(state_.b & kBinary ? value : (value / 10 % 10) << 4 | value % 10);
}
unsigned CmosRtc::decode(u8 value) const {
  return state_.b & kBinary ? value : (value >> 4) * 10u + (value & 0xf);
}

u8 CmosRtc::encodeHour(unsigned hour) const {
  if (state_.b & k24Hours) return encode(hour);
  const unsigned twelve = hour % 12 == 0 ? 12 : hour % 12;
  return static_cast<u8>(encode(twelve) | (hour >= 12 ? 0x80 : 0));
}
unsigned CmosRtc::decodeHour(u8 value) const {
  if (state_.b & k24Hours) return decode(value);
  return decode(value & 0x7f) % 12 + (value & 0x80 ? 12 : 0);
}

CivilTime CmosRtc::current(Nanoseconds now) const {
  CivilTime t = civilOf(seconds(now));
  t.weekday = (t.weekday + state_.weekdayShift) % 7;
  return t;
}

void CmosRtc::readFields(const CivilTime& t, std::array<u8, 10>& r) const {
  r[kSeconds] = encode(t.second);
  r[kMinutes] = encode(t.minute);
  r[kHours] = encodeHour(t.hour);
  r[kWeekday] = encode(t.weekday + 1);
  r[kDayOfMonth] = encode(t.day);
  r[kMonth] = encode(t.month);
  r[kYear] = encode(static_cast<unsigned>(t.year % 100));
}

void CmosRtc::writeFields(const std::array<u8, 10>& r, Nanoseconds now) {
  CivilTime t;
  t.second = decode(r[kSeconds]);
  t.minute = decode(r[kMinutes]);
  t.hour = decodeHour(r[kHours]);
  t.day = decode(r[kDayOfMonth]);
  t.month = decode(r[kMonth]);
  t.year = decode(state_.memory[kCentury]) * 100 + decode(r[kYear]);
  const i64 wanted = secondsOf(t);
  state_.epoch += wanted - seconds(now);
  const unsigned written = (decode(r[kWeekday]) + 6) % 7;
  state_.weekdayShift = static_cast<u8>((written + 7 - civilOf(wanted).weekday) % 7);
}

void CmosRtc::holdTime(Nanoseconds now) {
  const CivilTime t = current(now);
  readFields(t, state_.held);
  state_.memory[kCentury] = encode(static_cast<unsigned>(t.year / 100 % 100));
}

void CmosRtc::releaseTime(Nanoseconds now) { writeFields(state_.held, now); }

// The first update comes half a second after the divider is let go (datasheet, "divider control").
void CmosRtc::restartDivider(Nanoseconds now) {
  const i64 before = seconds(now);
  state_.epochNs = static_cast<u32>((kSecond / 2 + kSecond - now % kSecond) % kSecond);
  state_.epoch += before - seconds(now);
}

bool CmosRtc::dividerHeld() const { return (state_.a & 0x60) == 0x60; }

// Rates 1 and 2 are those of 8 and 9 at this time base.
Nanoseconds CmosRtc::periodNs() const {
  const unsigned rate = state_.a & 0xf;
  if (rate == 0 || (state_.a & 0x70) != 0x20) return 0;
  const unsigned shift = rate <= 2 ? rate + 6 : rate - 1;
  return kSecond * (i64{1} << shift) / 32768;
}

bool CmosRtc::alarmMatches(i64 seconds) const {
  const i64 ofDay = seconds - floorDiv(seconds, kDay) * kDay;
  const auto field = [](u8 alarm, unsigned wanted) { return (alarm & 0xc0) == 0xc0 || alarm == wanted; };
  return field(state_.held[kSecondsAlarm], encode(static_cast<unsigned>(ofDay % 60))) &&
         field(state_.held[kMinutesAlarm], encode(static_cast<unsigned>(ofDay / 60 % 60))) &&
         field(state_.held[kHoursAlarm], encodeHour(static_cast<unsigned>(ofDay / 3600)));
}

void CmosRtc::settle(Nanoseconds now) {
  if (now <= state_.checked) return;
  const Nanoseconds period = periodNs();
  if (period && now / period != state_.checked / period) state_.c |= kPf;
  if (!stopped()) {
    const i64 from = seconds(state_.checked);
    const i64 to = seconds(now);
    if (to > from) state_.c |= kUf;
    for (i64 s = std::max(from + 1, to - kDay + 1); s <= to && !(state_.c & kAf); ++s) {
      if (alarmMatches(s)) state_.c |= kAf;
    }
  }
  state_.checked = now;
}

// AF is looked at once a second while its interrupt is on; PF and UF are settled when read otherwise.
void CmosRtc::refresh(Nanoseconds now) {
  const bool active = (state_.c & state_.b & (kPf | kAf | kUf)) != 0;
  state_.c = static_cast<u8>(active ? state_.c | kIrqf : state_.c & ~kIrqf);
  irq_.set(active);
  i64 next = INT64_MAX;
  const Nanoseconds period = periodNs();
  if ((state_.b & kPf) && period) next = (now / period + 1) * period;
  if ((state_.b & (kAf | kUf)) && !stopped()) {
    next = std::min(next, now + kSecond - fraction(now));
  }
  state_.nextEvent = next == INT64_MAX ? -1 : next;
  if (state_.nextEvent < 0) {
    timer_.cancel();
  } else {
    timer_.arm(state_.nextEvent);
  }
}

void CmosRtc::timerFired() {
  const std::lock_guard lock(mutex_);
  const Nanoseconds now = clock_.now();
  if (state_.nextEvent < 0 || now < state_.nextEvent) return;
  settle(now);
  refresh(now);
}

u8 CmosRtc::readRegister(u8 index) {
  if (index > kD && index != kCentury) return state_.memory[index];
  const Nanoseconds now = clock_.now();
  if (index < kA) {
    if (!isAlarm(index) && !stopped() && seconds(now) != shown_) {
      readFields(current(now), state_.held);
      shown_ = seconds(now);
    }
    return state_.held[index];
  }
  switch (index) {
    case kA:
      return static_cast<u8>(state_.a | (!stopped() && fraction(now) >= kSecond - kUpdateAhead ? kUip : 0));
    case kB:
      return state_.b;
    case kC: {
      settle(now);
      refresh(now);
      const u8 value = state_.c;
      state_.c = 0;
      refresh(now);
      return value;
    }
    case kD:
      return kValidRam;
    default:  // the century
      if (!stopped()) state_.memory[kCentury] = encode(static_cast<unsigned>(current(now).year / 100 % 100));
      return state_.memory[kCentury];
  }
}

void CmosRtc::writeRegister(u8 index, u8 value) {
  if (index == kC || index == kD) return;
  if (index > kD && index != kCentury) {
    state_.memory[index] = value;
    return;
  }
  const Nanoseconds now = clock_.now();
  shown_ = kNothing;
  settle(now);
  const bool wasStopped = stopped();
  if (!wasStopped) holdTime(now);
  if (index < kA) {
    state_.held[index] = value;
  } else if (index == kCentury) {
    state_.memory[index] = value;
  } else if (index == kA) {
    const bool held = dividerHeld();
    state_.a = value & 0x7f;
    if (held && !dividerHeld()) restartDivider(now);
  } else {
    // The registers keep their bytes when DM or 24/12 changes; the guest writes them anew.
    state_.b = value & kSet ? static_cast<u8>(value & ~kUf) : value;
  }
  const bool written = index < kA ? !isAlarm(index) : index == kCentury;
  if (!stopped() && (wasStopped || written)) writeFields(state_.held, now);
  refresh(now);
}

u64 CmosRtc::read(unsigned, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  u64 value = lowMask(8 * size);
  for (unsigned i = 0; i < size && offset + i < 4; ++i) {
    const u64 port = offset + i;
    u8 byte = 0xff;  // 70h is write-only
    if (port == 1) byte = readRegister(state_.index);
    if (port == 2) byte = state_.extendedIndex;
    if (port == 3) byte = readRegister(state_.extendedIndex);
    value = (value & ~(u64{0xff} << (8 * i))) | u64{byte} << (8 * i);
  }
  return value;
}

void CmosRtc::write(unsigned, u64 offset, unsigned size, u64 value) {
  const std::lock_guard lock(mutex_);
  for (unsigned i = 0; i < size && offset + i < 4; ++i) {
    const u64 port = offset + i;
    const u8 byte = static_cast<u8>(value >> (8 * i));
    if (port == 0) state_.index = byte & 0x7f;  // bit 7 is the NMI mask
    if (port == 1) writeRegister(state_.index, byte);
    if (port == 2) state_.extendedIndex = byte | 0x80;
    if (port == 3) writeRegister(state_.extendedIndex, byte);
  }
}

std::vector<u8> CmosRtc::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> CmosRtc::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<CmosRtcState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  constexpr i64 kHorizon = i64{1} << 60;
  if (loaded->epoch < -kHorizon || loaded->epoch > kHorizon || loaded->epochNs >= kSecond ||
      loaded->checked < 0 || loaded->checked > kHorizon || loaded->nextEvent > kHorizon ||
      loaded->weekdayShift > 6 || loaded->index > 0x7f || loaded->extendedIndex < 0x80) {
    return fail("cmos_rtc: the saved state is not one the chip can be in");
  }
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  shown_ = kNothing;
  irq_.set(state_.c & kIrqf);
  if (state_.nextEvent >= 0) {
    timer_.arm(state_.nextEvent);
  } else {
    timer_.cancel();
  }
  return {};
}

}  // namespace duet::hw
