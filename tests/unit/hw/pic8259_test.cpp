// Against the 8259A datasheet.
#include "hw/irq/pic8259.h"

#include <gtest/gtest.h>

#include "hw/irq/irq_router.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct PicTest : ::testing::Test {
  RecordingSink cpu;
  Pic8259 pic{IrqLine(cpu, 0)};

  void init(u8 icw4 = 1) {
    for (unsigned chip : {0u, 1u}) {
      pic.write(chip, 0, 1, 0x11);
      pic.write(chip, 1, 1, chip ? 0x28 : 0x20);
      pic.write(chip, 1, 1, chip ? 2 : 4);
      pic.write(chip, 1, 1, icw4);
      pic.write(chip, 1, 1, 0);
    }
  }
  void pulse(unsigned irq) {
    pic.setIrqLevel(irq, true);
    pic.setIrqLevel(irq, false);
  }
  u8 irr(unsigned chip) {
    pic.write(chip, 0, 1, 0x0a);
    return static_cast<u8>(pic.read(chip, 0, 1));
  }
  u8 isr(unsigned chip) {
    pic.write(chip, 0, 1, 0x0b);
    return static_cast<u8>(pic.read(chip, 0, 1));
  }
};

TEST_F(PicTest, FullyNested) {
  init();
  pulse(4);
  EXPECT_TRUE(cpu.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x24);
  EXPECT_FALSE(cpu.levels[0]);
  EXPECT_EQ(isr(0), 0x10);
  pulse(5);
  EXPECT_FALSE(cpu.levels[0]);  // lower waits
  pulse(1);
  EXPECT_TRUE(cpu.levels[0]);  // higher nests
  EXPECT_EQ(pic.acknowledgeExternal(), 0x21);
  pic.write(0, 0, 1, 0x20);
  EXPECT_EQ(isr(0), 0x10);
  pic.write(0, 0, 1, 0x64);  // specific EOI of 4
  EXPECT_EQ(isr(0), 0);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x25);
}

TEST_F(PicTest, MaskAndMaskReadBack) {
  init();
  pic.write(0, 1, 1, 0x10);
  EXPECT_EQ(pic.read(0, 1, 1), 0x10u);
  pulse(4);
  EXPECT_FALSE(cpu.levels[0]);
  EXPECT_EQ(irr(0), 0x10);
  pic.write(0, 1, 1, 0);
  EXPECT_TRUE(cpu.levels[0]);
}

TEST_F(PicTest, CascadeNeedsTwoEois) {
  init();
  pulse(12);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x2c);
  EXPECT_EQ(isr(0), 0x04);
  EXPECT_EQ(isr(1), 0x10);
  pulse(9);  // higher on the slave, but the master holds IR2 in service
  EXPECT_FALSE(cpu.levels[0]);
  pic.write(1, 0, 1, 0x20);
  EXPECT_FALSE(cpu.levels[0]);
  pic.write(0, 0, 1, 0x20);
  EXPECT_TRUE(cpu.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x29);
}

TEST_F(PicTest, SpecialFullyNestedLetsTheSlaveNest) {
  init(0x11);
  pulse(12);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x2c);
  pulse(9);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x29);
}

TEST_F(PicTest, SpuriousSevenAndFifteen) {
  init();
  EXPECT_EQ(pic.acknowledgeExternal(), 0x27);
  EXPECT_EQ(isr(0), 0);
  pic.write(2, 1, 1, 0x20);  // IRQ13 may not be a level; IRQ10 may
  EXPECT_EQ(pic.read(2, 1, 1), 0u);
  pic.write(2, 1, 1, 0x04);
  pic.setIrqLevel(10, true);
  EXPECT_TRUE(cpu.levels[0]);
  pic.setIrqLevel(10, false);  // level gone before INTA
  EXPECT_FALSE(cpu.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x27);
}

TEST_F(PicTest, LevelRepeatsUntilLowered) {
  init();
  pic.write(2, 0, 1, 0xff);
  EXPECT_EQ(pic.read(2, 0, 1), 0xf8u);
  pic.setIrqLevel(5, true);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x25);
  pic.write(0, 0, 1, 0x20);
  EXPECT_TRUE(cpu.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x25);
  pic.setIrqLevel(5, false);
  pic.write(0, 0, 1, 0x20);
  EXPECT_FALSE(cpu.levels[0]);
}

TEST_F(PicTest, AutomaticEoiAndRotation) {
  init(0x03);
  pulse(3);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x23);
  EXPECT_EQ(isr(0), 0);
  pic.write(0, 0, 1, 0x80);  // rotate in automatic EOI mode
  pulse(3);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x23);
  pulse(3);
  pulse(4);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x24);  // 3 is now lowest
}

TEST_F(PicTest, RotateOnEoiAndSetPriority) {
  init();
  pulse(0);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x20);
  pic.write(0, 0, 1, 0xa0);  // rotate on non-specific EOI: 0 becomes lowest
  pulse(0);
  pulse(7);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x27);
  pic.write(0, 0, 1, 0x20);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x20);
  pic.write(0, 0, 1, 0x20);
  pic.write(0, 0, 1, 0xc5);  // 5 lowest, 6 highest
  pulse(5);
  pulse(6);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x26);
}

TEST_F(PicTest, SpecialMaskMode) {
  init();
  pulse(1);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x21);
  pulse(6);
  EXPECT_FALSE(cpu.levels[0]);
  pic.write(0, 0, 1, 0x68);
  pic.write(0, 1, 1, 0x02);  // mask the one in service: lower ones may come
  EXPECT_TRUE(cpu.levels[0]);
  EXPECT_EQ(pic.acknowledgeExternal(), 0x26);
}

TEST_F(PicTest, Poll) {
  init();
  pic.write(0, 0, 1, 0x0c);
  EXPECT_EQ(pic.read(0, 0, 1), 0u);
  pulse(6);
  pic.write(0, 0, 1, 0x0c);
  EXPECT_EQ(pic.read(0, 0, 1), 0x86u);
  EXPECT_EQ(isr(0), 0x40);
  EXPECT_FALSE(cpu.levels[0]);
}

TEST_F(PicTest, RouterSendsIrq0ToPin2) {
  RecordingSink io;
  RecordingSink pins;
  IrqRouter router(pins, io);
  router.line(0).raise();
  EXPECT_TRUE(pins.levels[0]);
  EXPECT_TRUE(io.levels[2]);
  EXPECT_FALSE(io.levels[0]);
  router.line(9).raise();
  router.line(IrqRouter::kPicPins + 9).raise();
  router.line(9).lower();
  EXPECT_TRUE(pins.levels[9]);
  EXPECT_FALSE(io.levels[9]);
  router.line(17).raise();
  EXPECT_TRUE(io.levels[17]);
  // The HPET's share of input 21 and PIRQ F's are or-ed.
  router.line(IrqRouter::kSharedIoApicPins + 5).raise();
  router.line(21).raise();
  router.line(IrqRouter::kSharedIoApicPins + 5).lower();
  EXPECT_TRUE(io.levels[21]);
  router.line(21).lower();
  EXPECT_FALSE(io.levels[21]);
}

}  // namespace
}  // namespace duet::hw
