// The 8254 interval timer with the NMI status and control port 61h that gates its channel 2.
#pragma once

#include <array>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "core/time/timer_queue.h"
#include "hw/timer/pit_channel.h"

namespace duet::hw {

struct Pit8254State {
  std::array<PitChannel, 3> channels{};
  u8 port61 = 0;     // bits 3:0 as written
  i64 nextIrq = -1;  // guest time of channel 0's next rising edge; -1: none
  static constexpr auto fields() {
    using S = Pit8254State;
    return duet::fields(field("channels", &S::channels), field("port61", &S::port61),
                        field("nextIrq", &S::nextIrq));
  }
};

// While an engine has its part (handOver) nothing here counts, and the guest does not get here.
// `output` is channel 0's OUT. Its low phases in modes 2, 3 and 4 are given as one short pulse at their
// end: only rising edges are wired to anything.
class Pit8254 final : public StatefulDevice, public IoHandler, public WireChip {
 public:
  enum Range : unsigned { kPorts /* 40h..43h */, kPort61 /* 1 port */ };

  Pit8254(IrqLine output, TimerQueue& timers);

  void handOver(EngineWires* to) override;
  // Whether `output` leads anywhere: an engine's own has to know.
  void setConnected(bool connected);

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  std::string_view name() const override { return "pit8254"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  u8 readByte(unsigned range, unsigned port);
  void writeByte(unsigned range, unsigned port, u8 value);
  void writeControl(u8 value, u64 tick);
  void rearm(u64 after);  // for the first edge behind that tick
  u64 missedEdges(Nanoseconds now) const;
  void timerFired();
  void giveDueEdges(Nanoseconds now);

  const IrqLine output_;
  VirtualClock& clock_;
  mutable std::mutex mutex_;
  Pit8254State state_;
  Timer timer_;
  std::mutex linkMutex_;       // below all others here and in who calls setConnected()
  EnginePit* away_ = nullptr;  // the engine that has this chip's part; changes with both locks held
  bool connected_ = true;
};

}  // namespace duet::hw
