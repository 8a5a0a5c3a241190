// One local APIC (SDM vol. 3 chapter 11): xAPIC and x2APIC, timer, LVT, IPIs, the ExtINT path to the 8259.
#pragma once

#include <mutex>
#include <optional>
#include <string>

#include "core/bus/io_handler.h"
#include "core/cpu/interrupt_chips.h"
#include "core/cpu/local_interrupt_controller.h"
#include "core/cpu/vcpu_mailbox.h"
#include "core/device/device.h"
#include "core/time/timer_queue.h"
#include "hw/irq/apic_bus.h"
#include "hw/irq/local_apic_state.h"

namespace duet::hw {

// Answers the interrupt-acknowledge cycle of an ExtINT (the 8259 pair). Called with no APIC lock held.
class ExternalInterruptSource {
 public:
  virtual ~ExternalInterruptSource() = default;
  virtual int acknowledgeExternal() = 0;  // the vector, 0..255
};

// Threads: LocalInterruptController's methods from the owning vCPU's thread; deliver, matches,
// arbitrationPriority and setLint from any; the timer runs on the queue's thread. The timer counts an APIC
// clock of 1 GHz, one tick a nanosecond of guest time before division.
class LocalApic final : public LocalInterruptController,
                        public LocalApicModel,
                        public StatefulDevice,
                        private IoHandler {
 public:
  struct Config {
    u32 id = 0;
    bool bootProcessor = true;
    bool x2apic = true;       // CPUID.1:ECX[21]
    bool tscDeadline = true;  // CPUID.1:ECX[24]
    unsigned physicalBits = 40;
  };
  // The board attaches it to the bus.
  LocalApic(const Config& config, ApicBus& bus, VcpuMailbox& mailbox, TimerQueue& timers);

  // Who answers ExtINT acknowledge cycles; before vCPUs run. Without one, ExtINTs are not passed.
  void setExternalSource(ExternalInterruptSource* source) { external_ = source; }

  bool deliverable() override;
  int acknowledge() override;
  u8 taskPriority() override;
  void setTaskPriority(u8 cr8) override;
  // IA32_TSC_DEADLINE is in units of the clock's TSC: the engine takes its IA32_TSC offset off (write)
  // and adds it (read) first; 0 stays 0.
  MsrAccess readMsr(u32 index, u64& value) override;
  MsrAccess writeMsr(u32 index, u64 value) override;
  std::optional<Gpa> mmioPage() override;
  IoHandler& mmio() override { return *this; }
  u32 apicId() override;
  bool sendIpi(u32 destination, u32 icrLow) override;
  bool unhalt(u32 destination) override;
  VcpuMailbox& mailbox() { return mailbox_; }
  void initReset() override;

  // From the bus.
  bool matches(const ApicMessage& message);
  unsigned arbitrationPriority();  // processor priority, or 100h while software-disabled
  void deliver(const ApicMessage& message);
  void setLint(unsigned pin, bool level);
  // While an engine's own APIC stands in for it, this one keeps its wires and leaves the rest alone.
  void setHandedOver(bool handedOver);

  LocalApicImage image() override;
  void setImage(const LocalApicImage& image) override;
  bool externalWaits() override;
  int acknowledgeExternal() override;
  u32 takeRisenPins() override;

  std::string_view name() const override { return name_; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  // Work that must wait until the lock is dropped: it reaches other APICs or the IOAPIC.
  struct Deferred {
    std::optional<ApicMessage> message;
    Shorthand shorthand = Shorthand::None;
    int eoiVector = -1;
  };
  enum class Access : u8 { Ok, Reserved };

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;

  // All below with mutex_ held.
  bool hardwareEnabled() const { return state_.base & kApicBaseEnable; }
  bool softwareEnabled() const { return state_.svr & kSvrEnable; }
  bool x2apicMode() const { return (state_.base & kApicBaseExtd) != 0; }
  u8 processorPriority() const;
  int pendingVector() const;  // highest requested vector above the processor priority, or -1
  bool externalPending() const;
  bool deliverableLocked() const { return externalPending() || pendingVector() >= 0; }
  void announce();  // posts to the mailbox when something is deliverable
  void request(u8 vector, bool level);
  bool signalProcessor(DeliveryMode mode);
  void raiseError(u32 esrBit);
  void deliverLocal(LvtIndex lvt);
  void deliverLint(unsigned pin);
  void endOfInterrupt(Deferred& later);
  Access readRegister(unsigned reg, u32& value) const;
  Access writeRegister(unsigned reg, u32 value, Deferred& later);
  void writeSvr(u32 value);
  void writeLvt(LvtIndex index, u32 value);
  void writeIcr(u32 low, u32 high, Deferred& later);
  bool readX2apic(unsigned reg, u64& value) const;
  bool writeX2apic(unsigned reg, u64 value, Deferred& later);
  bool writeBase(u64 value);
  u32 logicalId() const;
  void clearRegisters();               // power-on values, base and id kept
  void finish(const Deferred& later);  // without the lock

  // Timer.
  unsigned timerMode() const { return (state_.lvt[kLvtTimer] >> 17) & 3; }
  u32 timerDivisor() const;
  u32 currentCount() const;
  i64 periodNs() const;
  void continueFrom(u32 count);
  void startCount();
  void stopTimer();
  void armTimer();
  void writeTscDeadline(u64 value);
  void timerFired();
  void settleTimer();
  void resumeTimer(u32 count);
  Nanoseconds timeOfDeadline() const;

  const Config config_;
  const std::string name_;
  ApicBus& bus_;
  VcpuMailbox& mailbox_;
  VirtualClock& clock_;
  ExternalInterruptSource* external_ = nullptr;
  mutable std::mutex mutex_;
  LocalApicState state_;
  bool handedOver_ = false;
  u32 risenPins_ = 0;  // while handed over
  Timer timer_;
};

}  // namespace duet::hw
