// Intel 8254 datasheet, "Mode Definitions" and "Read-Back Command".
#include "hw/timer/pit_channel.h"

namespace duet::hw {

namespace {

u16 toBcd(u32 n) {
  return static_cast<u16>(n % 10 | (n / 10 % 10) << 4 | (n / 100 % 10) << 8 | (n / 1000 % 10) << 12);
}
u32 fromBcd(u16 v) { return (v & 0xf) + (v >> 4 & 0xf) * 10u + (v >> 8 & 0xf) * 100u + (v >> 12) * 1000u; }

}  // namespace

void PitChannel::control(u8 v) {
  access = (v >> 4) & 3;
  const u8 m = (v >> 1) & 7;
  mode = m > 5 ? m & 3 : m;  // 6 and 7 are 2 and 3
  bcd = v & 1;
  loaded = counting = paused = false;
  nextCount = 0;
  latchedBytes = 0;
  statusLatched = false;
  readHigh = writeHigh = false;
}

void PitChannel::takeNextCount(u64 now) {
  if (!nextCount || !counting || !periodic()) return;
  const u64 gone = elapsed(now);
  if (gone < count) return;
  start += count;  // written during the period that ended there
  count = nextCount;
  nextCount = 0;
}

void PitChannel::load(u16 v, u64 now) {
  const u32 full = bcd ? 10000 : 0x10000;
  const u32 binary = bcd ? fromBcd(v) % 10000 : v;
  const u32 fresh = binary == 0 ? full : binary;
  if (periodic() && counting) {
    takeNextCount(now);
    start += elapsed(now) / count * count;  // keep only the current period
    nextCount = fresh;
    return;
  }
  if (triggered() && counting) {  // for the next trigger
    nextCount = fresh;
    return;
  }
  count = fresh;
  loaded = true;
  if (triggered()) return;  // waits for the gate
  counting = periodic() ? gate : true;
  paused = !periodic() && !gate;
  start = paused ? 0 : now + 1;  // loaded on the next clock
}

void PitChannel::writeByte(u8 v, u64 now) {
  switch (access) {
    case 1:
      load(v, now);
      break;
    case 2:
      load(static_cast<u16>(v << 8), now);
      break;
    default:
      if (!writeHigh) {
        writeLow = v;
        if (mode == 0) loaded = counting = false;  // the first byte stops mode 0
      } else {
        load(static_cast<u16>(v << 8 | writeLow), now);
      }
      writeHigh = !writeHigh;
      break;
  }
}

u16 PitChannel::value(u64 now) {
  takeNextCount(now);
  const u64 full = bcd ? 10000 : 0x10000;
  u64 v = count % full;
  if (counting) {
    const u64 gone = elapsed(now);
    if (mode == 2) {
      v = count - gone % count;
    } else if (mode == 3) {
      const u64 phase = gone % count;
      const u64 high = (count + 1) / 2;
      v = (count & ~u64{1}) - 2 * (phase < high ? phase : phase - high);
    } else {
      v = (count + full - gone % full) % full;
    }
  }
  return bcd ? toBcd(static_cast<u32>(v)) : static_cast<u16>(v);
}

void PitChannel::latchCount(u64 now) {
  if (latchedBytes) return;  // a second latch before the read is ignored
  latch = value(now);
  latchedBytes = access == 3 ? 2 : 1;
}

void PitChannel::latchStatus(u64 now) {
  if (statusLatched) return;
  const bool onItsWay = counting && !paused && now < start;
  const bool nullCount = !loaded || nextCount != 0 || onItsWay || (triggered() && !counting);
  status = static_cast<u8>((out(now) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | access << 4 | mode << 1 |
                           (bcd ? 1 : 0));
  statusLatched = true;
}

u8 PitChannel::readByte(u64 now) {
  if (statusLatched) {
    statusLatched = false;
    return status;
  }
  const u16 v = latchedBytes ? latch : value(now);
  bool high = access == 2;
  if (access == 3) {
    high = readHigh;
    readHigh = !readHigh;
  }
  if (latchedBytes) --latchedBytes;
  return static_cast<u8>(high ? v >> 8 : v);
}

void PitChannel::setGate(bool level, u64 now) {
  if (gate == level) return;
  takeNextCount(now);
  gate = level;
  if (!loaded) return;
  if (triggered() || periodic()) {
    if (level) {
      if (nextCount) count = nextCount;
      nextCount = 0;
      counting = true;
      paused = false;
      start = now + 1;
    } else if (periodic() && counting) {
      start = elapsed(now) % count;
      paused = true;
    }
  } else if (counting && level == paused) {
    const u64 gone = elapsed(now);
    paused = !level;
    start = paused ? gone : (now > gone ? now - gone : 0);
  }
}

bool PitChannel::out(u64 now) {
  takeNextCount(now);
  if (periodic() && paused) return true;  // the gate is low
  const u64 gone = elapsed(now);
  switch (mode) {
    case 0:
      return counting && gone >= count;
    case 1:
      return !counting || gone >= count;
    case 2:
      return !counting || gone % count != count - 1;
    case 3:
      return !counting || gone % count < (count + 1) / 2;
    default:
      return !counting || gone != count;
  }
}

u64 PitChannel::nextRise(u64 now) {
  takeNextCount(now);
  if (!counting || paused) return kNever;
  const u64 gone = elapsed(now);
  if (periodic()) {
    const u64 base = now > start ? now - gone % count : start;
    return base + count;
  }
  const u64 target = start + count + (mode >= 4 ? 1 : 0);
  return target > now ? target : kNever;
}

}  // namespace duet::hw
