// Carries interrupt messages between local APICs, IOAPICs and MSI sources, and the LINT wires.
#pragma once

#include <vector>

#include "core/bus/irq_line.h"
#include "hw/irq/apic_message.h"

namespace duet::hw {

class LocalApic;

// Told the vector of a level-triggered interrupt whose handler is done. Called with no APIC lock held.
class EoiListener {
 public:
  virtual ~EoiListener() = default;
  virtual void endOfInterrupt(u8 vector) = 0;
};

// Threads: attach before vCPUs run; everything else from any thread. Has no lock and no state of its own.
// Locks are taken in the order device, IRQ router, 8259 and IOAPIC, local APIC, mailbox; nothing here
// or in a local APIC calls upward while it holds its lock.
class ApicBus : public MsiSink, public IrqSink {
 public:
  static constexpr unsigned kLint0 = 0;
  static constexpr unsigned kLint1 = 1;

  void attach(LocalApic& apic) { apics_.push_back(&apic); }
  void attach(EoiListener& listener) { listeners_.push_back(&listener); }

  void send(const ApicMessage& message) { send(message, nullptr, Shorthand::None); }
  void send(const ApicMessage& message, LocalApic* sender, Shorthand shorthand);
  // To the processor with this ID, whatever mode its local APIC is in; false when there is none.
  bool sendTo(u32 apicId, const ApicMessage& message);
  // Writes outside FEExxxxxh are no interrupts and are dropped.
  void sendMsi(const MsiMessage& message) override;
  // Pins kLint0 and kLint1 reach every local APIC, as the 8259's INTR and the NMI wire do on a board.
  void setIrqLevel(unsigned pin, bool level) override;
  void broadcastEoi(u8 vector);

 private:
  void sendToLowest(const ApicMessage& message, LocalApic* excluded, bool everyone);

  std::vector<LocalApic*> apics_;
  std::vector<EoiListener*> listeners_;
};

}  // namespace duet::hw
