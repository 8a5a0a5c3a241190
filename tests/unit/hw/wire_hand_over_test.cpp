// The 8259 pair and the I/O APIC when an engine has their part.
#include <gtest/gtest.h>

#include "hw/irq/io_apic.h"
#include "hw/irq/pic8259.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct RecordingWires : EngineWires {
  std::vector<std::pair<unsigned, bool>> picPins, ioApicPins;
  PicImage picState;
  IoApicImage ioApicState;
  void setPicPin(unsigned pin, bool level) override { picPins.emplace_back(pin, level); }
  void setIoApicPin(unsigned pin, bool level) override { ioApicPins.emplace_back(pin, level); }
  void setPic(const PicImage& image) override { picState = image; }
  PicImage pic() override { return picState; }
  void setIoApic(const IoApicImage& image) override { ioApicState = image; }
  IoApicImage ioApic() override { return ioApicState; }
  EnginePit* timer() override { return nullptr; }
};

struct RecordingBus : MsiSink {
  std::vector<MsiMessage> messages;
  void sendMsi(const MsiMessage& message) override { messages.push_back(message); }
};

using Pins = std::vector<std::pair<unsigned, bool>>;

struct WireHandOver : ::testing::Test {
  RecordingWires wires;
  RecordingSink intr;
  RecordingBus bus;
  Pic8259 pic{IrqLine(intr, 0)};
  IoApic ioApic{bus};

  WireHandOver() {
    for (const auto chip : {Pic8259::kMaster, Pic8259::kSlave}) {
      pic.write(chip, 0, 1, 0x11);
      for (const u64 icw : {chip == Pic8259::kMaster ? 0x30 : 0x38, 0, 1}) pic.write(chip, 1, 1, icw);
    }
  }
  void pin(unsigned n, u64 entry) {
    for (unsigned half = 0; half < 2; ++half) {
      ioApic.write(0, 0, 4, 0x10 + 2 * n + half);
      ioApic.write(0, 0x10, 4, (entry >> (32 * half)) & 0xffffffff);
    }
  }
};

TEST_F(WireHandOver, The8259GivesWhatItHas) {
  pic.setIrqLevel(3, true);
  pic.setIrqLevel(9, true);
  pic.handOver(&wires);
  EXPECT_EQ(wires.picState[0].irr, 1u << 3 | 1u << 2);
  EXPECT_EQ(wires.picState[0].vectorBase, 0x30);
  EXPECT_EQ(wires.picState[1].irr, 1u << 1);
  EXPECT_EQ(wires.picState[1].levels, 1u << 1);
}

TEST_F(WireHandOver, ChangesOfItsWiresLeadOn) {
  pic.setIrqLevel(3, true);
  pic.handOver(&wires);
  pic.setIrqLevel(3, true);  // no change
  pic.setIrqLevel(9, true);
  pic.setIrqLevel(3, false);
  EXPECT_EQ(wires.picPins, (Pins{{9, true}, {3, false}}));
}

TEST_F(WireHandOver, The8259GoesOnFromWhatItGetsBack) {
  pic.handOver(&wires);
  EXPECT_FALSE(intr.levels[0]);
  wires.picState[0].irr = wires.picState[0].levels = 1u << 5;
  wires.picState[0].isr = 1u << 6;
  wires.picState[0].vectorBase = 0x50;
  pic.handOver(nullptr);
  EXPECT_TRUE(intr.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x55);
  pic.setIrqLevel(1, true);
  EXPECT_EQ(wires.picPins, Pins{});
}

TEST_F(WireHandOver, TheIoApicSendsNothingMeanwhile) {
  pin(4, 0x34);
  pin(9, 0x8031);
  ioApic.handOver(&wires);
  EXPECT_EQ(wires.ioApicState.entries[9], 0x8031u);
  ioApic.setIrqLevel(4, true);
  ioApic.setIrqLevel(9, true);
  ioApic.setIrqLevel(9, true);
  EXPECT_EQ(wires.ioApicPins, (Pins{{4, true}, {9, true}}));
  EXPECT_TRUE(bus.messages.empty());
}

TEST_F(WireHandOver, TheIoApicGoesOnWithItsWires) {
  ioApic.handOver(&wires);
  ioApic.setIrqLevel(9, true);
  ioApic.setIrqLevel(10, true);
  wires.ioApicState.entries[9] = 0xc031;   // sent already
  wires.ioApicState.entries[10] = 0x8032;  // not yet
  ioApic.handOver(nullptr);
  EXPECT_EQ(bus.messages, (std::vector<MsiMessage>{{0xfee00000, 0xc032}}));
  ioApic.endOfInterrupt(0x31);
  EXPECT_EQ(bus.messages.size(), 2u);
  EXPECT_EQ(bus.messages.back(), (MsiMessage{0xfee00000, 0xc031}));
}

}  // namespace
}  // namespace duet::hw
