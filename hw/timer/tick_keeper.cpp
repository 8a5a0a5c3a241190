#include "hw/timer/tick_keeper.h"

#include "core/state/state_codec.h"

namespace duet::hw {

namespace {
// A processor that does not look for so long is deaf for reasons of its own (HLT with interrupts off).
constexpr unsigned kPatience = 400;
}  // namespace

TickKeeper::TickKeeper(IrqLine output, TimerQueue& timers, std::function<u64()> unread)
    : output_(output),
      clock_(timers.clock()),
      unread_(std::move(unread)),
      timer_(timers, [this] { timerFired(); }) {}

void TickKeeper::setIrqLevel(unsigned, bool level) {
  const std::lock_guard lock(mutex_);
  if (level == state_.level) return;
  state_.level = level;
  if (!level) {
    output_.lower();
  } else if (unseen()) {
    keep();
  } else {
    give();
  }
}

void TickKeeper::give() {
  const u64 before = unread_();
  output_.lower();
  output_.raise();
  told_ = unread_() & ~before;
}

void TickKeeper::keep() {
  if (state_.kept < kMostKept) ++state_.kept;
  if (!timer_.armed()) timer_.arm(clock_.now() + kPace);
}

void TickKeeper::timerFired() {
  const std::lock_guard lock(mutex_);
  if (!state_.level) state_.kept = 0;  // the timer was programmed anew
  if (!state_.kept) return;
  if (unseen() && ++waits_ < kPatience) {
    timer_.arm(clock_.now() + kPace);
    return;
  }
  waits_ = 0;
  give();
  if (--state_.kept) timer_.arm(clock_.now() + kPace);
}

void TickKeeper::reset() {
  const std::lock_guard lock(mutex_);
  timer_.cancel();
  state_ = {};
  told_ = 0;
  waits_ = 0;
  output_.lower();
}

std::vector<u8> TickKeeper::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> TickKeeper::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<TickKeeperState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->kept > kMostKept) return fail("tick-keeper: the saved state keeps more edges than it can");
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  told_ = 0;
  waits_ = 0;
  timer_.cancel();
  if (state_.kept) timer_.arm(clock_.now() + kPace);
  return {};
}

}  // namespace duet::hw
