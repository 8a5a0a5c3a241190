#include "core/time/virtual_clock.h"

#include <x86intrin.h>

#include <cpuid.h>
#include <chrono>
#include <ctime>
#include <utility>

namespace duet {
namespace {

constexpr u64 kCountedTscFrequency = 1'000'000'000;  // counted clock: one TSC tick a nanosecond

Nanoseconds hostMonotonic() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<Nanoseconds>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

// CPUID 15h gives the ratio to the crystal, where the crystal's own rate is given too.
u64 frequencyFromCpuid() {
  u32 denominator = 0, numerator = 0, crystal = 0, unused = 0;
  if (!__get_cpuid(0x15, &denominator, &numerator, &crystal, &unused)) return 0;
  if (!denominator || !numerator || !crystal) return 0;
  return u64{crystal} * numerator / denominator;
}

struct HostTime {
  u64 tsc = 0;
  Nanoseconds monotonic = 0;
};

// Both at one time: read with the least delay between them out of a few tries. Guests compare the two, and a thread may be
// preempted between two reads.
HostTime hostTime() {
  HostTime time;
  u64 best = ~u64{0};
  for (int i = 0; i < 8; ++i) {
    const u64 before = __rdtsc();
    const Nanoseconds now = hostMonotonic();
    const u64 after = __rdtsc();
    if (after - before >= best) continue;
    best = after - before;
    time = {before + (after - before) / 2, now};
  }
  return time;
}

u64 measureFrequency() {
  const HostTime start = hostTime();
  const timespec wait{0, 20'000'000};
  nanosleep(&wait, nullptr);
  const HostTime end = hostTime();
  const u64 hertz = static_cast<u64>(static_cast<u128>(end.tsc - start.tsc) * 1'000'000'000 /
                                     static_cast<u64>(end.monotonic - start.monotonic));
  return (hertz + 50'000) / 100'000 * 100'000;  // 20 ms resolve about 5 ppm: keep 0.1 MHz
}

}  // namespace

u64 hostTscFrequency() {
  static const u64 hertz = [] {
    const u64 given = frequencyFromCpuid();
    return given ? given : measureFrequency();
  }();
  return hertz;
}

VirtualClock::VirtualClock(Kind kind, unsigned counterShift)
    : kind_(kind),
      shift_(counterShift),
      tscFrequency_(kind == Kind::Host ? hostTscFrequency() : kCountedTscFrequency) {}

Nanoseconds VirtualClock::now() const {
  if (kind_ == Kind::Counted || !running_.load(std::memory_order_acquire))
    return frozen_.load(std::memory_order_acquire);
  return hostMonotonic() + offset_.load(std::memory_order_acquire);
}

void VirtualClock::start() {
  std::lock_guard lock(mutex_);
  if (running_) return;
  if (kind_ == Kind::Host) {
    const HostTime host = hostTime();
    offset_ = frozen_ - host.monotonic;
    // The first start takes the host's TSC as it is; later ones continue where the pause began.
    if (frozenTsc_) tscOffset_ = frozenTsc_ - host.tsc;
    if (!std::exchange(lineBegun_, true)) line_ = {host.tsc + tscOffset_, 0};
  }
  if (begun_) pauses_.fetch_add(1, std::memory_order_acq_rel);
  begun_ = true;
  running_.store(true, std::memory_order_release);
}

void VirtualClock::stop() {
  std::lock_guard lock(mutex_);
  if (!running_) return;
  if (kind_ == Kind::Host) {
    const HostTime host = hostTime();
    frozen_ = host.monotonic + offset_;
    frozenTsc_ = host.tsc + tscOffset_;
  }
  running_.store(false, std::memory_order_release);
}

bool VirtualClock::running() const { return running_.load(std::memory_order_acquire); }

void VirtualClock::advanceInstructions(u64 count) {
  if (kind_ == Kind::Counted) frozen_.fetch_add(static_cast<i64>(count << shift_), std::memory_order_acq_rel);
}

void VirtualClock::advanceTo(Nanoseconds time) {
  if (kind_ != Kind::Counted) return;
  i64 seen = frozen_.load();
  while (seen < time && !frozen_.compare_exchange_weak(seen, time)) {
  }
}

u64 VirtualClock::instructionsUntil(Nanoseconds time) const {
  const Nanoseconds left = time - frozen_.load(std::memory_order_acquire);
  if (left <= 0) return 1;
  const u64 step = u64{1} << shift_;
  return (static_cast<u64>(left) + step - 1) >> shift_;
}

u64 VirtualClock::tsc() const {
  if (kind_ == Kind::Counted) return static_cast<u64>(frozen_.load(std::memory_order_acquire));
  if (!running_.load(std::memory_order_acquire)) return frozenTsc_;
  return __rdtsc() + tscOffset_.load(std::memory_order_relaxed);
}

Nanoseconds VirtualClock::timeOfTsc(u64 target) const {
  const i128 ticks = static_cast<i64>(target - tsc());
  return now() + static_cast<Nanoseconds>(ticks * 1'000'000'000 / static_cast<i128>(tscFrequency_));
}

TscLine VirtualClock::paravirtualLine() const {
  std::lock_guard lock(mutex_);
  return line_;
}

void VirtualClock::setParavirtualLine(const TscLine& line) {
  std::lock_guard lock(mutex_);
  line_ = line;
  lineBegun_ = true;
}

std::optional<VirtualClock::CalendarPair> VirtualClock::hostCalendar() const {
  if (kind_ == Kind::Counted) return {};
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return CalendarPair{static_cast<Nanoseconds>(t.tv_sec) * 1'000'000'000 + t.tv_nsec, tsc()};
}

void VirtualClock::restore(Nanoseconds time, u64 tscValue) {
  std::lock_guard lock(mutex_);
  frozen_ = time;
  frozenTsc_ = tscValue;
}

}  // namespace duet
