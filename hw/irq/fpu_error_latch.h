// The chip set's side of x87 errors in the PC's way (SDM vol. 1 appendix D.1): FERR# raises IRQ 13, a write to
// port F0h drops it and asserts IGNNE# until FERR# goes away. Port F1h is there, too, for the reset of a
// coprocessor that is a chip of its own; it does nothing.
#pragma once

#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/cpu/fpu_error_pins.h"
#include "core/device/device.h"
#include "core/state/fields.h"

namespace duet::hw {

struct FpuErrorState {
  bool ferr = false;
  bool ignne = false;
  static constexpr auto fields() {
    return duet::fields(field("ferr", &FpuErrorState::ferr), field("ignne", &FpuErrorState::ignne));
  }
};

// Threads: the boot processor's for the pins, any for the ports. Lock order: this → IrqRouter.
class FpuErrorLatch final : public StatefulDevice, public IoHandler, public FpuErrorPins {
 public:
  explicit FpuErrorLatch(IrqLine irq13) : irq_(irq13) {}
  std::string_view name() const override { return "fpu-error"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

  u64 read(unsigned, u64, unsigned) override { return 0xff; }
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  void setFerr(bool asserted) override;
  bool ignne() override;

 private:
  IrqLine irq_;
  mutable std::mutex mutex_;
  FpuErrorState state_;
};

}  // namespace duet::hw
