#include "hw/timer/pit8254.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {

// Edges closer together than this merge: a count of 1 would ask for more than a million a second.
constexpr Nanoseconds kShortestRearm = 20'000;
constexpr u64 kMostLateEdges = 64;
constexpr u64 kRefreshHalfPeriod = 15'085;  // ns; port 61h bit 4 toggles with each refresh

}  // namespace

Pit8254::Pit8254(IrqLine output, TimerQueue& timers)
    : output_(output), clock_(timers.clock()), timer_(timers, [this] { timerFired(); }) {
  reset();
}

void Pit8254::reset() {
  const std::lock_guard lock(mutex_);
  timer_.cancel();
  state_ = Pit8254State{};
  state_.channels[2].gate = false;
  output_.lower();
}

u8 Pit8254::readByte(unsigned range, unsigned port) {
  const Nanoseconds now = clock_.now();
  const u64 tick = pitTicks(now);
  if (range == kPort61) {
    const bool refresh = (static_cast<u64>(now) / kRefreshHalfPeriod) & 1;
    return static_cast<u8>(state_.port61 | (refresh ? 0x10 : 0) | (state_.channels[2].out(tick) ? 0x20 : 0));
  }
  if (port == 3) return 0xff;  // the control register is write-only
  return state_.channels[port].readByte(tick);
}

void Pit8254::writeControl(u8 value, u64 tick) {
  const unsigned select = value >> 6;
  if (select == 3) {
    for (unsigned i = 0; i < 3; ++i) {
      if (!testBit(value, i + 1)) continue;
      if (!testBit(value, 5)) state_.channels[i].latchCount(tick);
      if (!testBit(value, 4)) state_.channels[i].latchStatus(tick);
    }
    return;
  }
  if ((value & 0x30) == 0) {
    state_.channels[select].latchCount(tick);
    return;
  }
  state_.channels[select].control(value);
  if (select == 0) output_.set(state_.channels[0].out(tick));
}

void Pit8254::writeByte(unsigned range, unsigned port, u8 value) {
  const u64 tick = pitTicks(clock_.now());
  if (range == kPort61) {
    state_.port61 = value & 0x0f;
    state_.channels[2].setGate(value & 1, tick);
    return;
  }
  if (port == 3) {
    writeControl(value, tick);
  } else {
    state_.channels[port].writeByte(value, tick);
  }
  if (port == 0 && state_.channels[0].mode == 0) output_.set(state_.channels[0].out(tick));
  if (port == 0 || (port == 3 && value >> 6 == 0)) rearm(tick);
}

u64 Pit8254::read(unsigned range, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  const u64 end = range == kPort61 ? 1 : 4;
  u64 value = lowMask(8 * size);
  for (unsigned i = 0; i < size && offset + i < end; ++i) {
    value &= ~(u64{0xff} << (8 * i));
    value |= u64{readByte(range, static_cast<unsigned>(offset + i))} << (8 * i);
  }
  return value;
}

void Pit8254::write(unsigned range, u64 offset, unsigned size, u64 value) {
  const std::lock_guard lock(mutex_);
  const u64 end = range == kPort61 ? 1 : 4;
  for (unsigned i = 0; i < size && offset + i < end; ++i) {
    writeByte(range, static_cast<unsigned>(offset + i), static_cast<u8>(value >> (8 * i)));
  }
}

// The edge may already lie in the past when the caller was held up since `after`: it is then due at once.
void Pit8254::rearm(u64 after) {
  const u64 tick = state_.channels[0].nextRise(after);
  if (tick == PitChannel::kNever) {
    state_.nextIrq = -1;
    timer_.cancel();
    return;
  }
  state_.nextIrq = pitTime(tick);
  timer_.arm(state_.nextIrq);
}

// Periods that went by since the edge that is due: the host let us wait.
u64 Pit8254::missedEdges(Nanoseconds now) const {
  const PitChannel& c = state_.channels[0];
  const auto period = pitTime(c.count);
  if ((c.mode != 2 && c.mode != 3) || period < kShortestRearm) return 0;
  return std::min<u64>(static_cast<u64>((now - state_.nextIrq) / period), kMostLateEdges);
}

void Pit8254::timerFired() {
  const std::lock_guard lock(mutex_);
  if (!away_) giveDueEdges(clock_.now());
}

void Pit8254::giveDueEdges(Nanoseconds now) {
  if (state_.nextIrq < 0 || now < state_.nextIrq) return;
  const Nanoseconds fired = state_.nextIrq;
  for (u64 edges = 1 + missedEdges(now); edges; --edges) {
    output_.lower();
    output_.raise();
  }
  rearm(pitTicks(now));
  if (state_.nextIrq >= 0 && state_.nextIrq < fired + kShortestRearm) {
    const u64 later = state_.channels[0].nextRise(pitTicks(std::max(now, fired + kShortestRearm)));
    state_.nextIrq = pitTime(later);
    timer_.arm(state_.nextIrq);
  }
}

std::vector<u8> Pit8254::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> Pit8254::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<Pit8254State>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  const u64 horizon = u64{1} << 62;
  for (const PitChannel& c : loaded->channels) {
    if (c.mode > 5 || c.access == 0 || c.access > 3 || c.count == 0 || c.count > 0x10000 ||
        c.nextCount > 0x10000 || c.latchedBytes > 2 || c.start > horizon) {
      return fail("pit8254: the saved state is not one the chip can be in");
    }
  }
  if (loaded->nextIrq > static_cast<i64>(horizon))
    return fail("pit8254: the saved interrupt time is out of range");
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  state_.port61 &= 0x0f;
  if (state_.nextIrq >= 0) {
    timer_.arm(state_.nextIrq);
  } else {
    timer_.cancel();
  }
  return {};
}

}  // namespace duet::hw
