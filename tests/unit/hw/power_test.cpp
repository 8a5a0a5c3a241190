// Against ACPI 6.4 section 4.8 and the register layout of ICH9 13.8.3.
#include <gtest/gtest.h>

#include "hw/power/acpi_pm.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct AcpiPmTest : ::testing::Test {
  ManualTime time;
  RecordingSink irq;
  int off = 0;
  AcpiPm pm{IrqLine(irq, 9), time.timers, [this] { ++off; }};
};

TEST_F(AcpiPmTest, TimerCountsAndWraps24Bits) {
  time.advanceTo(1'000'000'000);
  EXPECT_EQ(pm.read(0, 8, 4), 3579545u);
  time.advanceTo(5'000'000'000);
  EXPECT_EQ(pm.read(0, 8, 4), 5u * 3579545 - 0x1000000);
  EXPECT_EQ(pm.read(0, 10, 1), (5u * 3579545 - 0x1000000) >> 16);
}

TEST_F(AcpiPmTest, OverflowStatusAndSci) {
  time.advanceTo(3'000'000'000);  // bit 23 toggled once, at 2.34 s
  EXPECT_EQ(pm.read(0, 0, 2), 1u);
  EXPECT_FALSE(irq.levels[9]);
  pm.write(0, 0, 2, 1);
  EXPECT_EQ(pm.read(0, 0, 2), 0u);
  pm.write(0, 2, 2, 1);
  time.advanceTo(4'600'000'000);
  EXPECT_FALSE(irq.levels[9]);
  time.advanceTo(4'700'000'000);  // wrapped at 4.69 s
  EXPECT_TRUE(irq.levels[9]);
  pm.write(0, 0, 2, 1);
  EXPECT_FALSE(irq.levels[9]);
}

TEST_F(AcpiPmTest, PowerButton) {
  pm.pressPowerButton();
  EXPECT_EQ(pm.read(0, 0, 2), 0x100u);
  EXPECT_FALSE(irq.levels[9]);
  pm.write(0, 2, 2, 0x120);
  EXPECT_TRUE(irq.levels[9]);
  pm.write(0, 0, 2, 0x100);
  EXPECT_FALSE(irq.levels[9]);
}

TEST_F(AcpiPmTest, SleepTypes) {
  EXPECT_EQ(pm.read(0, 4, 2), 1u);  // SCI_EN
  pm.write(0, 4, 2, 7 << 10);
  EXPECT_EQ(off, 0);
  pm.write(0, 4, 2, 5 << 10 | 1 << 13);  // S3: not offered
  EXPECT_EQ(off, 0);
  pm.write(0, 4, 2, 7 << 10 | 1 << 13);
  EXPECT_EQ(off, 1);
  EXPECT_EQ(pm.read(0, 4, 2), 0x1c01u);  // SLP_EN reads as zero
}

TEST_F(AcpiPmTest, GeneralPurposeEvents) {
  pm.setGpe(33);
  EXPECT_EQ(pm.read(0, 0x20, 8), u64{2} << 32);
  pm.write(0, 0x2c, 4, 2);
  EXPECT_TRUE(irq.levels[9]);
  pm.write(0, 0x24, 1, 2);
  EXPECT_FALSE(irq.levels[9]);
}

}  // namespace
}  // namespace duet::hw
