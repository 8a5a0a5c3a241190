// Keeps timer interrupts that a busy host would swallow.
#pragma once

#include <functional>
#include <mutex>

#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"

namespace duet::hw {

struct TickKeeperState {
  bool level = false;  // of the input
  u32 kept = 0;        // edges still to be given
  static constexpr auto fields() {
    using S = TickKeeperState;
    return duet::fields(field("level", &S::level), field("kept", &S::kept));
  }
};

// Stands in the wire of IRQ0. A vCPU whose thread gets no host processor for some milliseconds cannot take a tick before
// the next comes, and in the interrupt controllers two become one: a kernel that counts ticks against the TSC then
// believes that its timer is broken. An edge that comes while a processor has not even looked at the one before is
// kept and given a little later. A guest that holds its interrupts back itself (IF, masks, priorities) has looked: its
// edges merge as they do on the chips, and with the counted clock nothing is ever late.
class TickKeeper final : public StatefulDevice, public IrqSink {
 public:
  static constexpr Nanoseconds kPace = 250'000;  // from one kept edge to the next
  static constexpr u32 kMostKept = 64;

  // `unread`: a bit for each vCPU that was told of an interrupt and has not looked yet. Called with the lock held.
  TickKeeper(IrqLine output, TimerQueue& timers, std::function<u64()> unread);

  void setIrqLevel(unsigned pin, bool level) override;

  std::string_view name() const override { return "tick-keeper"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  void give();
  void keep();
  bool unseen() const { return (unread_() & told_) != 0; }
  void timerFired();

  const IrqLine output_;
  VirtualClock& clock_;
  const std::function<u64()> unread_;
  mutable std::mutex mutex_;
  TickKeeperState state_;
  u64 told_ = 0;        // the vCPUs that the last edge was news to
  unsigned waits_ = 0;  // how often in a row a kept edge had to wait
  Timer timer_;
};

}  // namespace duet::hw
