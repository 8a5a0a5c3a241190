#include "hw/timer/hpet.h"

#include <algorithm>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {

constexpr u64 kTickNs = 10;  // 100 MHz
// Period in femtoseconds; vendor 8086h, legacy route and 64 bits, three timers, revision 1.
constexpr u64 kCapabilities = (kTickNs * 1'000'000) << 32 | 0x8086a201;
enum Offset : u64 {
  kCapabilityRegister = 0x00,
  kConfig = 0x10,
  kStatus = 0x20,
  kCounter = 0xf0,
  kTimer0 = 0x100
};
enum : u32 {
  kLevel = 1u << 1,
  kEnable = 1u << 2,
  kPeriodic = 1u << 3,
  kValueSet = 1u << 6,
  k32Bit = 1u << 8,
  kRouteMask = 0x1fu << 9
};
constexpr u32 kTimerWritable = 0x3f4e;                   // level, enable, periodic, value set, 32-bit, route
constexpr u64 kTimerCapabilities = 0x00f00000'00000030;  // pins 20..23; 64 bits, periodic
// Matches closer together than this merge, and a match further away than a century is none.
constexpr u64 kShortestPeriod = 20'000 / kTickNs;
constexpr u64 kMostLateEdges = 64;
constexpr u64 kFarAway = u64{1} << 58;

// The IOAPIC input that Tn_INT_ROUTE_CNF names; 0: none a timer can reach.
unsigned routeOf(u32 config) {
  const unsigned pin = config >> 9 & 0x1f;
  return pin >= Hpet::kFirstRoute && pin < Hpet::kFirstRoute + Hpet::kRoutes ? pin : 0;
}

u64 widthOf(const HpetComparator& t) { return t.config & k32Bit ? lowMask(32) : ~u64{0}; }

// Its matches change no wire and no status: kernels leave a periodic timer so that they have no use for.
bool silent(const HpetComparator& t) { return !(t.config & (kEnable | kLevel)); }

}  // namespace

Hpet::Hpet(IrqLine irq0, IrqLine irq8, const std::array<IrqLine, kRoutes>& routes, TimerQueue& timers,
           std::function<void(bool)> pitConnected)
    : legacyLines_{irq0, irq8},
      routes_(routes),
      pitConnected_(std::move(pitConnected)),
      clock_(timers.clock()) {
  for (unsigned n = 0; n < kTimers; ++n)
    timers_[n] = std::make_unique<Timer>(timers, [this, n] { fired(n); });
  reset();
}

Hpet::~Hpet() = default;

void Hpet::reset() {
  const std::lock_guard lock(mutex_);
  for (auto& timer : timers_) timer->cancel();
  for (unsigned n = 0; n < kTimers; ++n) lineOf(n).lower();
  state_ = HpetState{};
  seen_ = {};
  driveLegacy();
}

u64 Hpet::counter() const {
  return enabled() ? state_.counter + static_cast<u64>(clock_.now() - state_.started) / kTickNs
                   : state_.counter;
}

// With the legacy route timers 0 and 1 drive IRQ0 and IRQ8 whatever their own route says (2.4.1).
IrqLine Hpet::lineOf(unsigned n) const {
  if (legacy() && n < 2) return legacyLines_[n];
  const unsigned pin = routeOf(state_.timers[n].config);
  return pin ? routes_[pin - kFirstRoute] : IrqLine();
}

void Hpet::drive(unsigned n) {
  const HpetComparator& t = state_.timers[n];
  if (t.config & kLevel) lineOf(n).set((t.config & kEnable) && testBit(state_.status, n));
}

void Hpet::driveLegacy() {
  pitConnected_(!legacy());
  if (legacy()) return;
  for (unsigned pin = 0; pin < 2; ++pin) legacyLines_[pin].set(testBit(state_.legacyInputs, pin));
}

void Hpet::setIrqLevel(unsigned pin, bool level) {
  if (pin > 1) return;
  const std::lock_guard lock(mutex_);
  state_.legacyInputs =
      static_cast<u8>(level ? state_.legacyInputs | 1u << pin : state_.legacyInputs & ~(1u << pin));
  if (!legacy()) legacyLines_[pin].set(level);
}

void Hpet::arm(unsigned n) {
  const HpetComparator& t = state_.timers[n];
  timers_[n]->cancel();
  if (!enabled() || silent(t)) return;
  const u64 distance = (t.compare - counter()) & widthOf(t);
  if (distance < kFarAway) timers_[n]->arm(clock_.now() + static_cast<Nanoseconds>(distance * kTickNs));
}

// As it is now. Nobody is called when a silent one matches: its period is added when somebody looks.
HpetComparator Hpet::comparator(unsigned n) const {
  HpetComparator t = state_.timers[n];
  if (!silent(t) || !(t.config & kPeriodic) || t.period == 0) return t;
  const u64 gone = counter() - seen_[n], ahead = (t.compare - seen_[n]) & widthOf(t);
  if (gone >= ahead) t.compare = (t.compare + ((gone - ahead) / t.period + 1) * t.period) & widthOf(t);
  return t;
}

void Hpet::fired(unsigned n) {
  const std::lock_guard lock(mutex_);
  HpetComparator& t = state_.timers[n];
  if (!enabled() || silent(t)) return;
  // Passed, not ahead: a callback may outlive the arm() that caused it.
  const u64 late = (counter() - t.compare) & widthOf(t);
  if (late > widthOf(t) / 2) return;
  const bool periodic = (t.config & kPeriodic) && t.period != 0;
  if (periodic) {
    const u64 reach = late + (t.period < kShortestPeriod ? kShortestPeriod : 1);
    t.compare = (t.compare + (reach + t.period - 1) / t.period * t.period) & widthOf(t);
    arm(n);
  }
  if (t.config & kLevel) state_.status |= 1u << n;
  if (!(t.config & kEnable)) return;
  if (t.config & kLevel) {
    drive(n);
  } else {
    // The wire stays high after the edge, as an 8259 wants it until INTA. Periods that went by since, because the host
    // let us wait, have their edges too.
    const u64 missed =
        periodic && t.period >= kShortestPeriod ? std::min(late / t.period, kMostLateEdges) : 0;
    for (u64 edges = 1 + missed; edges; --edges) {
      lineOf(n).lower();
      lineOf(n).raise();
    }
  }
}

u64 Hpet::readRegister(u64 offset) const {
  switch (offset) {
    case kCapabilityRegister:
      return kCapabilities;
    case kConfig:
      return state_.config;
    case kStatus:
      return state_.status;
    case kCounter:
      return counter();
    default:
      break;
  }
  const u64 n = (offset - kTimer0) / 0x20;
  if (offset < kTimer0 || n >= kTimers) return 0;
  const HpetComparator t = comparator(static_cast<unsigned>(n));
  const u64 reg = offset & 0x1f;
  if (reg == 0) return (t.config & ~kValueSet) | kTimerCapabilities;  // VAL_SET reads as 0
  return reg == 8 ? t.compare & widthOf(t) : 0;
}

void Hpet::writeConfig(u32 value) {
  const bool was = enabled(), wasLegacy = legacy();
  const u64 now = counter();
  if (wasLegacy != ((value & 2) != 0)) {
    for (unsigned n = 0; n < 2; ++n) lineOf(n).lower();
  }
  state_.config = value & 3;
  if (was != enabled()) {
    state_.counter = now;
    state_.started = clock_.now();
    for (unsigned n = 0; n < kTimers; ++n) arm(n);
  }
  if (wasLegacy == legacy()) return;
  if (legacy()) {
    for (const IrqLine& line : legacyLines_) line.lower();
  }
  driveLegacy();
  for (unsigned n = 0; n < 2; ++n) drive(n);
}

void Hpet::writeRegister(u64 offset, u64 value, u64 mask) {
  if (offset == kConfig) {
    if (mask & 0xff) writeConfig(static_cast<u32>(value));
  } else if (offset == kStatus) {
    state_.status &= static_cast<u32>(~value);
    for (unsigned n = 0; n < kTimers; ++n) drive(n);
  } else if (offset == kCounter) {
    if (enabled()) return;  // only a halted counter may be written (2.3.7)
    state_.counter = (state_.counter & ~mask) | value;
  } else if (offset >= kTimer0 && (offset - kTimer0) / 0x20 < kTimers) {
    writeTimer(static_cast<unsigned>((offset - kTimer0) / 0x20), offset & 0x1f, value, mask);
  }
}

void Hpet::writeTimer(unsigned n, u64 reg, u64 value, u64 mask) {
  HpetComparator& t = state_.timers[n];
  if (reg == 0) {
    lineOf(n).lower();
    const u32 writable = kTimerWritable & static_cast<u32>(mask);
    t.config = (t.config & ~writable) | (static_cast<u32>(value) & writable);
    // A route that is not possible reads back as another (2.3.8).
    if (!routeOf(t.config)) t.config &= ~kRouteMask;
    if (!(t.config & kLevel)) state_.status &= ~(1u << n);
    drive(n);
  } else if (reg == 8) {
    // In periodic mode a write is the period; with VAL_SET it is the accumulator too (2.3.9.2.2).
    if (t.config & kPeriodic) t.period = ((t.period & ~mask) | value) & widthOf(t);
    if (!(t.config & kPeriodic) || (t.config & kValueSet)) t.compare = (t.compare & ~mask) | value;
    if (mask >> 32 || (t.config & k32Bit)) t.config &= ~kValueSet;
  }
  if (reg <= 8) arm(n);
}

u64 Hpet::read(unsigned, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  const unsigned shift = static_cast<unsigned>(8 * (offset & 7));
  return (readRegister(offset & ~u64{7}) >> shift) & lowMask(8 * size);
}

void Hpet::write(unsigned, u64 offset, unsigned size, u64 value) {
  const std::lock_guard lock(mutex_);
  const unsigned shift = static_cast<unsigned>(8 * (offset & 7));
  const u64 mask = lowMask(8 * size) << shift;
  for (unsigned n = 0; n < kTimers; ++n) state_.timers[n] = comparator(n);
  writeRegister(offset & ~u64{7}, (value << shift) & mask, mask);
  seen_.fill(counter());
}

std::vector<u8> Hpet::saveState() const {
  const std::lock_guard lock(mutex_);
  HpetState now = state_;
  for (unsigned n = 0; n < kTimers; ++n) now.timers[n] = comparator(n);
  return encodeState(now);
}

Result<> Hpet::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<HpetState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->started < 0 || loaded->config > 3 || loaded->status > 7 || loaded->legacyInputs > 3) {
    return fail("hpet: the saved state is not one the chip can be in");
  }
  for (HpetComparator& t : loaded->timers) t.config &= kTimerWritable;
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  seen_.fill(counter());
  for (unsigned n = 0; n < kTimers; ++n) {
    arm(n);
    drive(n);
  }
  driveLegacy();
  return {};
}

}  // namespace duet::hw
