// The 8254 in the kernel (kernel-irqchip=on) does what the machine's model promises, and takes turns with it (8254 datasheet).
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "core/cpu/registers.h"
#include "tests/contract/irqchip/irqchip_rig.h"

namespace duet::test {
namespace {

constexpr u8 kHlt = 0xf4;
constexpr u64 kTicked = 5;  // where the handler of IRQ0 writes

class KernelPit : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      rig = std::make_unique<IrqchipRig>(1, kvm::KvmSettings{.irqchip = kvm::IrqchipMode::On});
    } catch (const std::exception& e) {
      if (std::getenv("DUET_NO_SKIP")) FAIL() << e.what();
      GTEST_SKIP() << e.what();
    }
    // The master's vectors from 48h, all inputs open, automatic EOI; LINT0 takes its interrupts.
    rig->pic8259.write(hw::Pic8259::kMaster, 0, 1, 0x11);
    for (const u64 icw : {0x48, 0x04, 0x03, 0x00}) rig->pic8259.write(hw::Pic8259::kMaster, 1, 1, icw);
    rig->handler(0x48, kTicked);
    rig->put(IrqchipRig::kProgram, {kHlt, 0xeb, 0xfd});
    rig->load(0, rig->start(true));
    rig->enableApic(0, false);
    rig->cpus[0]->apic->mmio().write(0, 0x350, 4, 0x700);
  }

  void program(unsigned channel, u8 mode, u16 count) {
    rig->pit.write(0, 3, 1, channel << 6 | 0x30 | mode << 1);
    rig->pit.write(0, channel, 1, count & 0xff);
    rig->pit.write(0, channel, 1, count >> 8);
  }
  u16 latched(unsigned channel) {
    rig->pit.write(0, 3, 1, channel << 6);
    const u64 low = rig->pit.read(0, channel, 1);
    return static_cast<u16>(low | rig->pit.read(0, channel, 1) << 8);
  }
  u8 status(unsigned channel) {
    rig->pit.write(0, 3, 1, 0xe0 | 2u << channel);
    return static_cast<u8>(rig->pit.read(0, channel, 1));
  }
  // Guest time goes on only while it runs: so long, and then until `seen`, for a processor that a busy host holds up.
  void runFor(std::chrono::milliseconds time, const std::function<bool()>& seen = [] { return true; }) {
    rig->clock.start();
    rig->go();
    std::this_thread::sleep_for(time);
    for (unsigned i = 0; i < 200 && !seen(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    rig->stop();
    rig->clock.stop();
  }
  size_t ticks() const { return rig->log.count(kTicked); }
  // No tick for a hundred milliseconds.
  bool fallsSilent() const {
    for (unsigned i = 0; i < 50; ++i) {
      const size_t before = ticks();
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      if (ticks() == before) return true;
    }
    return false;
  }
  u64 ticksDue(u16 count) const { return pitTicks(rig->clock.now() - began) / count; }

  std::unique_ptr<IrqchipRig> rig;
  Nanoseconds began = 0;
};

// Nothing runs the model's timers here, so every tick is the kernel's.
TEST_F(KernelPit, TicksWhileTheMachineRuns) {
  program(0, 2, 11932);  // 10 ms
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(kTicked, 20));
  rig->stop();
  const size_t stopped = ticks();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(ticks(), stopped);
}

TEST_F(KernelPit, IsTheModelAgainAfterwards) {
  program(0, 2, 1193);
  program(2, 3, 4000);
  rig->pit.write(1, 0, 1, 0x0f);
  const auto before = rig->pit.saveState();
  runFor(std::chrono::milliseconds(5));
  EXPECT_EQ(rig->pit.read(1, 0, 1) & 0x0f, 0x0fu);
  EXPECT_EQ(status(0) & 0x3f, 0x34);
  EXPECT_EQ(status(2) & 0x3f, 0x36);
  EXPECT_LE(latched(0), 1193);
  ASSERT_TRUE(rig->pit.loadState(before, rig->pit.stateVersion()));
}

// Runs too short for a period, in which a counter that begins anew each time would never end.
TEST_F(KernelPit, LosesNoTickToPauses) {
  constexpr u16 kCount = 65000;  // 54 ms
  constexpr unsigned kPauses = 70;
  rig->clock.stop();
  program(0, 2, kCount);
  began = rig->clock.now();
  for (unsigned i = 0; i < kPauses; ++i)
    runFor(std::chrono::milliseconds(25), [&] { return ticks() + 2 >= ticksDue(kCount); });
  const u64 due = ticksDue(kCount);
  ASSERT_GE(due, 15u);
  EXPECT_GE(ticks() + 6, due) << "of " << kPauses << " periods that were begun anew";
  EXPECT_LE(ticks(), due + 1);
}

TEST_F(KernelPit, EndsOnceInTime) {
  constexpr u16 kCount = 59659;  // 50 ms
  rig->clock.stop();
  program(0, 0, kCount);
  began = rig->clock.now();
  while (!ticksDue(kCount)) {
    ASSERT_EQ(ticks(), 0u) << "not before";
    runFor(std::chrono::milliseconds(9));
  }
  runFor(std::chrono::milliseconds(20), [&] { return ticks() >= 1; });
  EXPECT_EQ(ticks(), 1u);
  EXPECT_EQ(status(0) & 0x80, 0x80) << "OUT";
}

// out 43h, B0h; out 42h, 00h; out 42h, 10h: counter 2, mode 0, 1000h; in 61h; or 1; out 61h; until bit 5 of 61h; then out
// kPort + 1.
TEST_F(KernelPit, TheGuestProgramsItThere) {
  rig->put(IrqchipRig::kProgram,
           {0xb0, 0xb0, 0xe6, 0x43, 0xb0, 0x00, 0xe6, 0x42, 0xb0, 0x10, 0xe6, 0x42, 0xe4, 0x61, 0x0c, 0x01,
            0xe6, 0x61, 0xe4, 0x61, 0xa8, 0x20, 0x74, 0xfa, 0xba, 0x01, 0x05, 0xee, kHlt, 0xeb, 0xfd});
  rig->load(0, rig->start(false));
  const auto begin = std::chrono::steady_clock::now();
  rig->go();
  ASSERT_TRUE(rig->log.waitFor(1, 1));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::microseconds(3433));
  rig->stop();
  EXPECT_EQ(status(2), 0xb0) << "OUT, both bytes, mode 0";
  EXPECT_EQ(rig->pit.read(1, 0, 1) & 0x2f, 0x21u);
}

// out 43h, 34h; out 40h, A9h; out 40h, 04h: 1193; hlt
TEST_F(KernelPit, TheModelGoesOnWithWhatTheGuestProgrammed) {
  rig->put(IrqchipRig::kProgram,
           {0xb0, 0x34, 0xe6, 0x43, 0xb0, 0xa9, 0xe6, 0x40, 0xb0, 0x04, 0xe6, 0x40, kHlt, 0xeb, 0xfd});
  rig->load(0, rig->start(true));
  rig->go();
  ASSERT_TRUE(rig->log.waitFor(kTicked, 3));
  rig->stop();
  EXPECT_EQ(status(0) & 0x3f, 0x34);
  u16 most = 0;
  for (unsigned i = 0; i < 1000; ++i) {
    most = std::max(most, latched(0));
    std::this_thread::sleep_for(std::chrono::microseconds(10));
  }
  EXPECT_LE(most, 1193);
  EXPECT_GE(most, 1000);
}

TEST_F(KernelPit, StaysSilentWhileTheHpetHasItsPlace) {
  program(0, 2, 1193);
  rig->pit.setConnected(false);
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_LE(ticks(), 1u) << "OUT has risen with the control word";
  rig->pit.setConnected(true);
  EXPECT_TRUE(rig->log.waitFor(kTicked, 10));
  rig->pit.setConnected(false);
  EXPECT_TRUE(fallsSilent()) << "after those that a slow processor still has to hear of";
  rig->stop();
}

// The control word of mode 2 raises OUT once; nothing else comes of it until there is a count.
TEST_F(KernelPit, WaitsForItsCount) {
  rig->pit.write(0, 3, 1, 0x34);
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  rig->stop();
  EXPECT_LE(ticks(), 1u);
}

// By the I/O APIC's pin 2, as the tables say.
TEST_F(KernelPit, ReachesTheIoApicToo) {
  rig->handler(0x61, 6, true);
  rig->enableApic(0, true);
  rig->pic8259.write(hw::Pic8259::kMaster, 1, 1, 0xff);
  for (const auto& [reg, value] : {std::pair{0x14u, 0x61u}, {0x15u, 0u}}) {
    rig->ioApic.write(0, 0, 4, reg);
    rig->ioApic.write(0, 0x10, 4, value);
  }
  program(0, 2, 5966);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(6, 10));
  rig->stop();
  EXPECT_EQ(ticks(), 0u);
}

}  // namespace
}  // namespace duet::test
