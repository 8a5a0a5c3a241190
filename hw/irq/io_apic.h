// The I/O APIC (82093AA, version 20h as in ICH: with an EOI register). 24 pins to MSI-form messages.
#pragma once

#include <array>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "hw/irq/apic_bus.h"

namespace duet::hw {

struct IoApicState {
  static constexpr unsigned kPins = 24;
  u8 select = 0;
  u8 id = 0;
  std::array<u64, kPins> entries{};
  u32 levels = 0;  // wires, one bit a pin

  static constexpr auto fields() {
    using S = IoApicState;
    return duet::fields(field("select", &S::select), field("id", &S::id), field("entries", &S::entries),
                        field("levels", &S::levels));
  }
};

// Range 0: the 4 KiB register window. Levels are logical: the polarity bit is stored and means nothing.
class IoApic final : public StatefulDevice,
                     public IoHandler,
                     public IrqSink,
                     public EoiListener,
                     public WireChip {
 public:
  static constexpr unsigned kPins = IoApicState::kPins;
  static constexpr u64 kWindowSize = 0x1000;
  static constexpr u64 kDefaultAddress = 0xfec00000;

  // `routes`, when there is one, hears what level-triggered pins send.
  explicit IoApic(MsiSink& bus, PinRouteSink* routes = nullptr);

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;
  void setIrqLevel(unsigned pin, bool level) override;
  void endOfInterrupt(u8 vector) override;
  void handOver(EngineWires* to) override;

  std::string_view name() const override { return "ioapic"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  u32 readWindow() const;
  void writeWindow(u32 value);
  void serviceLevel(unsigned pin);
  void send(u64 entry) const;
  void endOfInterruptLocked(u8 vector);
  void tellRoute(unsigned pin) const;
  void setEntry(unsigned pin, u64 entry);  // with its remote IRR, as an engine's chip left it

  MsiSink& bus_;
  PinRouteSink* const routes_;
  mutable std::mutex mutex_;
  IoApicState state_;
  EngineWires* away_ = nullptr;  // the engine that has this chip's part
};

}  // namespace duet::hw
