// The pair of 8259A interrupt controllers of a PC with the ELCR (8259A datasheet; ICH9 5.8, 13.4).
#pragma once

#include <array>
#include <mutex>

#include "core/bus/io_handler.h"
#include "core/bus/irq_line.h"
#include "core/device/device.h"
#include "core/state/fields.h"
#include "hw/irq/local_apic.h"

namespace duet::hw {

// One chip, without a lock. Bit n of each byte is input IRn.
struct PicChip {
  u8 irr = 0;
  u8 isr = 0;
  u8 imr = 0;
  u8 levels = 0;  // the wires
  u8 elcr = 0;    // 1: level-triggered
  u8 vectorBase = 0;
  u8 icw4 = 0;
  u8 initStep = 0;  // 0: initialised; 2, 3, 4: that ICW comes next
  bool expectIcw4 = false;
  bool single = false;
  bool levelMode = false;  // ICW1.LTIM: all inputs are levels
  u8 lowest = 7;           // the input of lowest priority
  bool readIsr = false;
  bool poll = false;
  bool specialMask = false;
  bool rotateOnAutoEoi = false;
  bool isMaster = true;

  int pending() const;  // the input an INTA cycle would take, or -1
  void setInput(unsigned input, bool level);
  void follow(unsigned input, bool level);  // cascade input: the request is the level
  void accept(unsigned input);              // second half of INTA: ISR, automatic EOI
  PicChipImage image() const;
  void setImage(const PicChipImage& image);
  u8 readPort(unsigned port);
  void writePort(unsigned port, u8 value);

  static constexpr auto fields() {
    using S = PicChip;
    return duet::fields(
        field("irr", &S::irr), field("isr", &S::isr), field("imr", &S::imr), field("levels", &S::levels),
        field("elcr", &S::elcr), field("vectorBase", &S::vectorBase), field("icw4", &S::icw4),
        field("initStep", &S::initStep), field("expectIcw4", &S::expectIcw4), field("single", &S::single),
        field("levelMode", &S::levelMode), field("lowest", &S::lowest), field("readIsr", &S::readIsr),
        field("poll", &S::poll), field("specialMask", &S::specialMask),
        field("rotateOnAutoEoi", &S::rotateOnAutoEoi), field("isMaster", &S::isMaster));
  }

 private:
  bool levelTriggered(unsigned input) const { return levelMode || (elcr >> input & 1); }
  void beginInit(u8 icw1);
  void continueInit(u8 value);
  void operationCommand2(u8 value);
  void operationCommand3(u8 value);
  void endOfInterrupt(int input, bool rotate);
  int highestInService() const;
  unsigned rank(unsigned input) const { return (input - lowest - 1u) & 7; }  // 0 is the highest
};

struct Pic8259State {
  std::array<PicChip, 2> chips{};
  static constexpr auto fields() { return duet::fields(field("chips", &Pic8259State::chips)); }
};

// Pins 0..15 are IRQ0..IRQ15; pin 2 is the cascade and goes nowhere. `output` is INTR.
class Pic8259 final : public StatefulDevice,
                      public IoHandler,
                      public IrqSink,
                      public WireChip,
                      public ExternalInterruptSource {
 public:
  enum Range : unsigned { kMaster, kSlave, kElcr };  // two ports each: 20h, A0h, 4D0h

  explicit Pic8259(IrqLine output);

  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;
  void setIrqLevel(unsigned pin, bool level) override;
  int acknowledgeExternal() override;
  void handOver(EngineWires* to) override;

  std::string_view name() const override { return "pic8259"; }
  void reset() override;
  std::vector<u8> saveState() const override;
  Result<> loadState(std::span<const u8> data, u32 version) override;

 private:
  PicChip& master() { return state_.chips[0]; }
  PicChip& slave() { return state_.chips[1]; }
  void update();  // cascade and INTR after any change

  const IrqLine output_;
  mutable std::mutex mutex_;
  Pic8259State state_;
  EngineWires* away_ = nullptr;  // the engine that has the chips' part
  u16 wires_ = 0;                // their levels, while away
};

}  // namespace duet::hw
