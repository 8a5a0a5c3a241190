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
  int sleeps = 0, wakes = 0;
  std::vector<unsigned> smis;
  AcpiPm pm{IrqLine(irq, 9), time.timers,
            PowerHooks{.powerOff = [this] { ++off; },
                       .sleep = [this] { ++sleeps; },
                       .wake = [this] { ++wakes; },
                       .smi = [this](unsigned cpu) { smis.push_back(cpu); }},
            true};
  AcpiPmTest() { pm.setAcpiMode(); }
  void smiEnable(u32 bits) { pm.write(0, 0x30, 4, bits); }
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
  pm.write(0, 4, 2, 7 << 10 | 1);
  EXPECT_EQ(off, 0);
  pm.write(0, 4, 2, 5 << 10 | 1 << 13 | 1);  // no state of this machine
  EXPECT_EQ(off + sleeps, 0);
  pm.write(0, 4, 2, 7 << 10 | 1 << 13 | 1);
  EXPECT_EQ(off, 1);
  EXPECT_EQ(pm.read(0, 4, 2), 0x1c01u);  // SLP_EN reads as zero
}

// ICH9 13.8.3.8 (SMI_EN), 13.8.3.9 (SMI_STS), 13.7.1 (APM ports).
TEST_F(AcpiPmTest, ApmPortRaisesSmi) {
  pm.write(AcpiPm::kApm, 0, 1, 0x55);
  EXPECT_TRUE(smis.empty());
  EXPECT_EQ(pm.read(0, 0x34, 4), 0x20u) << "the status is set, the SMI is not enabled";
  pm.write(0, 0x34, 4, 0x20);
  EXPECT_EQ(pm.read(0, 0x34, 4), 0u);
  smiEnable(0x21);
  pm.write(AcpiPm::kApm + 3, 0, 1, 0x66);
  EXPECT_EQ(smis, std::vector<unsigned>{3});
  pm.write(AcpiPm::kApm, 1, 1, 0x77);  // APM_STS is a scratch register
  EXPECT_EQ(smis.size(), 1u);
  EXPECT_EQ(pm.read(AcpiPm::kApm, 0, 2), 0x7766u);
  smiEnable(0x20);
  pm.write(AcpiPm::kApm, 0, 1, 0x66);
  EXPECT_EQ(smis.size(), 1u) << "GBL_SMI_EN is off";
}

TEST_F(AcpiPmTest, AcpiModeBySmiCommand) {
  smiEnable(0x21);
  pm.write(AcpiPm::kApm, 0, 1, AcpiPm::kAcpiDisable);
  EXPECT_EQ(pm.read(0, 4, 2), 0u);
  pm.write(0, 2, 2, 0x100);
  pm.pressPowerButton();
  EXPECT_FALSE(irq.levels[9]) << "in legacy mode the button is the firmware's";
  EXPECT_EQ(smis, std::vector<unsigned>{kEveryCpu});
  EXPECT_EQ(pm.read(0, 0x34, 4), 0x100u);
  pm.write(AcpiPm::kApm, 0, 1, AcpiPm::kAcpiEnable);
  EXPECT_EQ(pm.read(0, 4, 2), 1u);
  EXPECT_TRUE(irq.levels[9]);
}

TEST_F(AcpiPmTest, SmiLockKeepsTheGlobalEnable) {
  smiEnable(0x21);
  pm.setSmiLock(true);
  smiEnable(0);
  EXPECT_EQ(pm.read(0, 0x30, 4), 1u);
}

TEST_F(AcpiPmTest, SleepAndReleaseSmis) {
  smiEnable(0x15);  // GBL_SMI_EN, BIOS_EN, SLP_SMI_EN
  pm.write(0, 4, 2, 7 << 10 | 1 << 13 | 1);
  EXPECT_EQ(off, 0) << "firmware is asked instead";
  EXPECT_EQ(pm.read(0, 0x34, 4), 0x10u);
  pm.write(0, 4, 2, 5);  // GBL_RLS
  EXPECT_EQ(pm.read(0, 0x34, 4), 0x14u);
  EXPECT_EQ(smis.size(), 2u);
  pm.write(0, 2, 2, 0x20);
  smiEnable(0x81);  // BIOS_RLS: GBL_STS, by SCI
  EXPECT_EQ(pm.read(0, 0, 2), 0x20u);
  EXPECT_TRUE(irq.levels[9]);
}

TEST_F(AcpiPmTest, SleepsAndWakes) {
  pm.write(0, 2, 2, 1u << 10);
  pm.write(0, 4, 2, 1 << 10 | 1 << 13 | 1);
  EXPECT_EQ(sleeps, 1);
  EXPECT_EQ(wakes, 0);
  pm.rtcAlarm();
  EXPECT_EQ(wakes, 1);
  pm.pressPowerButton();
  EXPECT_EQ(wakes, 1) << "awake already";
  pm.wake();
  EXPECT_EQ(pm.read(0, 0, 2), 0x8500u);  // WAK_STS, RTC_STS, PWRBTN_STS
  EXPECT_EQ(pm.read(0, 2, 2), 0x0400u);
  EXPECT_EQ(pm.read(0, 4, 2), 0u);
}

TEST_F(AcpiPmTest, AlarmThatMayNotWake) {
  pm.write(0, 4, 2, 1 << 10 | 1 << 13 | 1);
  pm.rtcAlarm();
  EXPECT_EQ(wakes, 0);
  pm.pressPowerButton();
  EXPECT_EQ(wakes, 1);
}

TEST_F(AcpiPmTest, WithoutSmm) {
  std::vector<unsigned> raised;
  AcpiPm plain{IrqLine(irq, 9), time.timers, PowerHooks{.smi = [&](unsigned cpu) { raised.push_back(cpu); }},
               false};
  EXPECT_EQ(plain.read(0, 0x30, 4), 0x20u) << "APMC_EN tells firmware to leave SMM alone";
  plain.write(0, 0x30, 4, 0x21);
  plain.write(AcpiPm::kApm, 0, 1, 9);
  EXPECT_TRUE(raised.empty());
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
