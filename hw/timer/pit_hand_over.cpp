// The 8254 going over to an engine's own and coming back.
#include "hw/timer/pit8254.h"

namespace duet::hw {

// A count that waits for the end of its period is told at once: engines know one count.
PitChannelImage PitChannel::image(u64 now) {
  takeNextCount(now);
  return {.mode = mode,
          .access = access,
          .bcd = bcd,
          .gate = gate,
          .counting = loaded && counting,
          .count = nextCount ? nextCount : count,
          .elapsed = pitTime(elapsed(now)),
          .latch = latch,
          .latchedBytes = latchedBytes,
          .status = status,
          .statusLatched = statusLatched,
          .readHigh = readHigh,
          .writeHigh = writeHigh,
          .writeLow = writeLow};
}

void PitChannel::setImage(const PitChannelImage& image, u64 now) {
  if (image.programmed) {
    mode = image.mode;
    bcd = image.bcd;
    loaded = counting = image.counting;
    paused = false;
    count = image.count;
    nextCount = 0;
    const u64 gone = pitTicks(image.elapsed);
    start = now > gone ? now - gone : 0;
  }
  access = image.access;
  gate = image.gate;
  latch = image.latch;
  latchedBytes = image.latchedBytes;
  status = image.status;
  statusLatched = image.statusLatched;
  readHigh = image.readHigh;
  writeHigh = image.writeHigh;
  writeLow = image.writeLow;
}

void Pit8254::handOver(EngineWires* to) {
  const std::lock_guard lock(mutex_);
  const Nanoseconds now = clock_.now();
  const u64 tick = pitTicks(now);
  if (EnginePit* engine = to ? to->timer() : nullptr) {
    giveDueEdges(now);
    timer_.cancel();
    output_.lower();  // the engine's own drives the same input
    PitImage image{.port61 = static_cast<u8>(state_.port61 & 3)};
    for (unsigned i = 0; i < 3; ++i) image.channels[i] = state_.channels[i].image(tick);
    const std::lock_guard link(linkMutex_);
    image.connected = connected_;
    engine->setPit(image);
    away_ = engine;
  } else if (away_) {
    PitImage image;
    {
      const std::lock_guard link(linkMutex_);
      image = std::exchange(away_, nullptr)->takePit();
    }
    for (unsigned i = 0; i < 3; ++i) state_.channels[i].setImage(image.channels[i], tick);
    state_.port61 = static_cast<u8>((state_.port61 & ~3) | (image.port61 & 3));
    rearm(tick);
  }
}

void Pit8254::setConnected(bool connected) {
  const std::lock_guard link(linkMutex_);
  connected_ = connected;
  if (away_) away_->connectPit(connected);
}

}  // namespace duet::hw
