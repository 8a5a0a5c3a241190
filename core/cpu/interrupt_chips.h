// The seam between the machine's interrupt chips and an engine that has chips of its own (KVM's, in the kernel). While that
// engine's vCPUs run, its chips hold the truth and messages go there; else the machine's models do.
#pragma once

#include <array>
#include <functional>
#include <optional>

#include "core/base/types.h"
#include "core/bus/irq_line.h"

namespace duet {

// A local APIC as its registers show it (SDM vol. 3 table 11-1): how model and engine hand it to each other.
struct LocalApicImage {
  u64 base = 0;  // IA32_APIC_BASE
  // By register number (MMIO offset / 16). 02h is the whole ID in x2APIC mode, bits 31:24 hold it else; 30h and 31h are
  // the ICR's halves; 39h is what the timer has left, 0 when it does not count.
  std::array<u32, 64> registers{};
  u64 tscDeadline = 0;  // in the clock's TSC; 0: disarmed
  bool operator==(const LocalApicImage&) const = default;
};

// One local APIC model. Threads: the images by whoever hands over (InterruptChips::handOver), the rest by the vCPU's own.
class LocalApicModel {
 public:
  virtual ~LocalApicModel() = default;
  virtual LocalApicImage image() = 0;
  virtual void setImage(const LocalApicImage& image) = 0;
  // Only while an engine has the chips, which then knows LINT0's entry: the 8259 asks, and its vector.
  virtual bool externalWaits() = 0;
  virtual int acknowledgeExternal() = 0;
  // LINT pins that rose since the last call, a bit each; the engine is told by kMailInterrupt.
  virtual u32 takeRisenPins() = 0;
};

// What the pins of the I/O APIC would send that are level-triggered: their vectors need an end of interrupt told.
inline constexpr unsigned kIoApicPins = 24;
using PinRoutes = std::array<std::optional<MsiMessage>, kIoApicPins>;

// One 8259A.
struct PicChipImage {
  u8 irr = 0, isr = 0, imr = 0;
  u8 levels = 0;  // the wires
  u8 elcr = 0;
  u8 vectorBase = 0;
  u8 lowest = 7;   // the input of lowest priority
  u8 nextIcw = 0;  // 2, 3, 4: comes next; 0: initialised
  bool expectIcw4 = false, autoEoi = false, rotateOnAutoEoi = false, specialNested = false,
       specialMask = false;
  bool readIsr = false, poll = false;
  bool operator==(const PicChipImage&) const = default;
};
using PicImage = std::array<PicChipImage, 2>;  // master, slave

struct IoApicImage {
  u8 select = 0, id = 0;
  u32 levels = 0;  // the wires, a bit a pin
  std::array<u64, kIoApicPins> entries{};
  bool operator==(const IoApicImage&) const = default;
};

// The 8254's clock. A tick's time is when it has come.
inline constexpr u64 kPitHz = 1193182;
inline u64 pitTicks(i64 nanoseconds) {
  return static_cast<u64>(u128(static_cast<u64>(nanoseconds)) * kPitHz / 1'000'000'000);
}
inline i64 pitTime(u64 tick) { return static_cast<i64>((u128(tick) * 1'000'000'000 + kPitHz - 1) / kPitHz); }

// One counter of an 8254.
struct PitChannelImage {
  u8 mode = 0;    // 0 to 5
  u8 access = 3;  // 1: low byte, 2: high byte, 3: low then high
  bool bcd = false, gate = true;
  bool counting = false;  // has a count, and in modes 1 and 5 was triggered
  u32 count = 0x10000;    // clocks
  i64 elapsed = 0;        // nanoseconds of counting
  bool programmed =
      true;  // from an engine: by the guest, since setPit(); else mode, count and time go on as they were
  u16 latch = 0;
  u8 latchedBytes = 0;  // still to be read
  u8 status = 0;
  bool statusLatched = false;
  bool readHigh = false, writeHigh = false;  // the high byte comes next
  u8 writeLow = 0;
  bool operator==(const PitChannelImage&) const = default;
};

struct PitImage {
  std::array<PitChannelImage, 3> channels{};
  u8 port61 = 0;          // bits 1:0, as written
  bool connected = true;  // to IRQ0; false: the HPET has taken its place
  bool operator==(const PitImage&) const = default;
};

// An engine's own 8254 with port 61h. Threads: any.
class EnginePit {
 public:
  virtual ~EnginePit() = default;
  virtual void setPit(const PitImage& image) = 0;  // and lets it count
  virtual PitImage takePit() = 0;                  // and stops it
  virtual void connectPit(bool connected) = 0;     // between the two
};

// An engine's own 8259 pair and I/O APIC. Threads: any; called with the model's lock held.
class EngineWires {
 public:
  virtual ~EngineWires() = default;
  virtual void setPicPin(unsigned pin, bool level) = 0;
  virtual void setIoApicPin(unsigned pin, bool level) = 0;
  virtual void setPic(const PicImage& image) = 0;
  virtual PicImage pic() = 0;
  virtual void setIoApic(const IoApicImage& image) = 0;
  virtual IoApicImage ioApic() = 0;
  virtual EnginePit* timer() = 0;  // null: it has none
};

// A chip of the machine that an engine may have its own of.
class WireChip {
 public:
  virtual ~WireChip() = default;
  virtual void handOver(EngineWires* to) = 0;  // null: back
};

// The engine's half. Threads: any.
class EngineChips {
 public:
  virtual ~EngineChips() = default;
  virtual void deliver(const MsiMessage& message) = 0;
  virtual void setPinRoutes(const PinRoutes& routes) = 0;
};

// The machine's half. Threads: any.
class InterruptChips {
 public:
  virtual ~InterruptChips() = default;
  // Runs `move` while no message is under way; from then on messages go to `to` (null: to the models).
  virtual void handOver(EngineChips* to, const std::function<void()>& move) = 0;
  // The chips with wires: to `to` and (null) back. Only while the engine has the local APICs, so that what they send
  // arrives.
  virtual void handOverWires(EngineWires* to) = 0;
  // A handler of a level-triggered interrupt is done.
  virtual void endOfInterrupt(u8 vector) = 0;
};

}  // namespace duet
