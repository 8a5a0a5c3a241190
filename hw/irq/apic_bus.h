// Carries interrupt messages between local APICs, IOAPICs and MSI sources, and the LINT wires.
#pragma once

#include <mutex>
#include <shared_mutex>
#include <vector>

#include "core/bus/irq_line.h"
#include "core/cpu/interrupt_chips.h"
#include "hw/irq/apic_message.h"

namespace duet::hw {

class LocalApic;

// Told the vector of a level-triggered interrupt whose handler is done. Called with no APIC lock held.
class EoiListener {
 public:
  virtual ~EoiListener() = default;
  virtual void endOfInterrupt(u8 vector) = 0;
};

// Told what a pin of the I/O APIC sends while it is level-triggered. Called with the I/O APIC's lock held.
class PinRouteSink {
 public:
  virtual ~PinRouteSink() = default;
  virtual void setPinRoute(unsigned pin, const std::optional<MsiMessage>& route) = 0;
};

// Messages and wires from outside go to the engine's chips while those hold the truth, else to the models; what a model
// sends (IPIs) goes to models. Threads: attach before vCPUs run; everything else from any thread.
// Locks are taken in the order device, IRQ router, 8259 and IOAPIC, the bus, local APIC, mailbox; nothing here
// or in a local APIC calls upward while it holds its lock.
class ApicBus : public MsiSink, public IrqSink, public InterruptChips, public PinRouteSink {
 public:
  static constexpr unsigned kLint0 = 0;
  static constexpr unsigned kLint1 = 1;

  void attach(LocalApic& apic) { apics_.push_back(&apic); }
  void attach(EoiListener& listener) { listeners_.push_back(&listener); }
  // Where wires end first, then what drives them: so no edge comes to a chip that is gone.
  void attachWires(WireChip& chip) { wireChips_.push_back(&chip); }

  void send(const ApicMessage& message) { send(message, nullptr, Shorthand::None); }
  void send(const ApicMessage& message, LocalApic* sender, Shorthand shorthand);
  // To the processor with this ID, whatever mode its local APIC is in; false when there is none.
  bool sendTo(u32 apicId, const ApicMessage& message);
  // Posts kMailUnhalt to that processor.
  bool unhalt(u32 apicId);
  // Writes outside FEExxxxxh are no interrupts and are dropped.
  void sendMsi(const MsiMessage& message) override;
  // Pins kLint0 and kLint1 reach every local APIC, as the 8259's INTR and the NMI wire do on a board.
  void setIrqLevel(unsigned pin, bool level) override;
  void broadcastEoi(u8 vector);

  void handOver(EngineChips* to, const std::function<void()>& move) override;
  void handOverWires(EngineWires* to) override;
  void endOfInterrupt(u8 vector) override { broadcastEoi(vector); }
  void setPinRoute(unsigned pin, const std::optional<MsiMessage>& route) override;

 private:
  void sendToModels(const MsiMessage& message);
  void sendToLowest(const ApicMessage& message, LocalApic* excluded, bool everyone);

  std::vector<LocalApic*> apics_;
  std::vector<EoiListener*> listeners_;
  std::vector<WireChip*> wireChips_;
  // Shared by whoever sends, exclusive while the chips change hands: no message falls between two chips.
  std::shared_mutex handOver_;
  EngineChips* engine_ = nullptr;
  std::mutex routesMutex_;
  PinRoutes routes_;
};

}  // namespace duet::hw
