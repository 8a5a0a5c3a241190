// Interrupt wires and message-signalled interrupts.
#pragma once

#include "core/base/types.h"

namespace duet {

// The receiving end of numbered wires. Threads: any; must not call back into the raising device.
class IrqSink {
 public:
  virtual ~IrqSink() = default;
  virtual void setIrqLevel(unsigned pin, bool level) = 0;
};

// One wire. A value a device holds; unconnected by default. Level-triggered use: set(true/false);
// edge use: pulse(). Copyable: both copies drive the same pin.
class IrqLine {
 public:
  IrqLine() = default;
  IrqLine(IrqSink& sink, unsigned pin) : sink_(&sink), pin_(pin) {}
  void set(bool level) const {
    if (sink_) sink_->setIrqLevel(pin_, level);
  }
  void raise() const { set(true); }
  void lower() const { set(false); }
  void pulse() const {
    set(true);
    set(false);
  }
  bool connected() const { return sink_ != nullptr; }

 private:
  IrqSink* sink_ = nullptr;
  unsigned pin_ = 0;
};

// A write of `data` to `address` (0xFEExxxxx) as PCI MSI and the IOAPIC send it (SDM vol. 3 11.11).
struct MsiMessage {
  u64 address = 0;
  u32 data = 0;
  bool operator==(const MsiMessage&) const = default;
};

class MsiSink {
 public:
  virtual ~MsiSink() = default;
  virtual void sendMsi(const MsiMessage& message) = 0;  // any thread
};

}  // namespace duet
