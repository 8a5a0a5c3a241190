// Where the board's interrupt wires go: ISA IRQs to the 8259 pair and the IOAPIC, PCI wires to either.
#pragma once

#include <mutex>

#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"

namespace duet::hw {

struct IrqRouterState {
  u64 inputs = 0;  // levels of the router's own pins
  static constexpr auto fields() { return duet::fields(field("inputs", &IrqRouterState::inputs)); }
};

// Pins 0..15 ISA IRQs: the 8259 input of that number and the IOAPIC pin of that number, but IRQ0 goes to
// IOAPIC pin 2 and nothing goes to pin 0 (the MADT's source override says so to the guest).
// Pins 16..23: IOAPIC pins alone (PIRQ A..H in APIC mode). Pins 24..31: the same IOAPIC pins, or-ed (HPET).
// Pins 32..47: 8259 inputs 0..15 alone, or-ed with the ISA wire (PIRQs routed by the PCI-ISA bridge).
class IrqRouter final : public StatefulDevice, public IrqSink {
 public:
  static constexpr unsigned kIoApicPins = 16;
  static constexpr unsigned kSharedIoApicPins = 24;
  static constexpr unsigned kPicPins = 32;

  IrqRouter(IrqSink& pic, IrqSink& ioApic) : pic_(pic), ioApic_(ioApic) {}

  IrqLine line(unsigned pin) { return IrqLine(*this, pin); }
  void setIrqLevel(unsigned pin, bool level) override;

  std::string_view name() const override { return "irq-router"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  IrqSink& pic_;
  IrqSink& ioApic_;
  mutable std::mutex mutex_;
  IrqRouterState state_;
};

}  // namespace duet::hw
