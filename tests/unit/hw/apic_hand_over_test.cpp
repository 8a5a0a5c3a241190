// Interrupt chips that an engine takes over and gives back. Register layout and timer: Intel SDM vol. 3 11.4 to 11.5.
#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "hw/irq/io_apic.h"
#include "hw/irq/local_apic.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct RecordingChips : EngineChips {
  std::vector<MsiMessage> messages;
  PinRoutes routes;
  void deliver(const MsiMessage& message) override { messages.push_back(message); }
  void setPinRoutes(const PinRoutes& r) override { routes = r; }
};

struct FixedSource : ExternalInterruptSource {
  int acknowledgeExternal() override { return 0x68; }
};

struct ApicHandOver : ::testing::Test {
  ManualTime time;
  ApicBus bus;
  VcpuMailbox mailbox;
  LocalApic apic{{.id = 0}, bus, mailbox, time.timers};
  IoApic ioApic{bus, &bus};
  RecordingChips chips;
  FixedSource pic;

  ApicHandOver() {
    bus.attach(apic);
    bus.attach(ioApic);
    apic.setExternalSource(&pic);
    write(0xf0, 0x1ff);
    mailbox.take(~0u);
  }
  u32 read(u64 offset) { return static_cast<u32>(apic.mmio().read(0, offset, 4)); }
  void write(u64 offset, u32 value) { apic.mmio().write(0, offset, 4, value); }
  void pin(unsigned n, u64 entry) {
    for (unsigned half = 0; half < 2; ++half) {
      ioApic.write(0, 0, 4, 0x10 + 2 * n + half);
      ioApic.write(0, 0x10, 4, (entry >> (32 * half)) & 0xffffffff);
    }
  }
  void give() {
    bus.handOver(&chips, [] {});
  }
  void takeBack() {
    bus.handOver(nullptr, [] {});
  }
};

TEST_F(ApicHandOver, MessagesGoToWhoeverHasTheChips) {
  const MsiMessage message{0xfee00000, 0x41};
  give();
  bus.sendMsi(message);
  EXPECT_EQ(chips.messages, std::vector{message});
  EXPECT_FALSE(apic.deliverable());
  bus.sendMsi({0xfec00000, 0x41});  // no interrupt
  EXPECT_EQ(chips.messages.size(), 1u);
  takeBack();
  bus.sendMsi(message);
  EXPECT_EQ(chips.messages.size(), 1u);
  EXPECT_EQ(apic.acknowledge(), 0x41);
}

// The host's clock runs on while the registers are read. The counts: what comes before and after one reading.
TEST(ApicImage, AOneShotThatRunsOutMeanwhileIsNotLost) {
  VirtualClock clock;
  clock.start();
  TimerQueue timers(clock);
  ApicBus bus;
  VcpuMailbox mailbox;
  LocalApic apic{{.id = 0}, bus, mailbox, timers};
  const auto write = [&](u64 offset, u32 value) { apic.mmio().write(0, offset, 4, value); };
  write(0xf0, 0x1ff);
  write(0x320, 0x41);  // one-shot
  write(0x3e0, 0xb);   // divided by 1: nanoseconds
  for (u32 i = 0; i < 50'000; ++i) {
    write(0x380, 1 + i % 2000);
    const LocalApicImage image = apic.image();
    const bool requested = image.registers[0x20 + 2] >> 1 & 1;
    ASSERT_TRUE(requested || image.registers[0x39])
        << "neither interrupt nor time left, count " << 1 + i % 2000;
    if (apic.deliverable()) {
      EXPECT_EQ(apic.acknowledge(), 0x41);
      write(0xb0, 0);
    }
  }
}

TEST_F(ApicHandOver, ExternalInterruptsAreAskedForByWireAndMessage) {
  give();
  mailbox.take(~0u);
  EXPECT_FALSE(apic.externalWaits());
  bus.setIrqLevel(ApicBus::kLint0, true);
  EXPECT_TRUE(mailbox.take(kMailInterrupt));
  EXPECT_TRUE(apic.externalWaits());
  EXPECT_EQ(apic.takeRisenPins(), 1u << ApicBus::kLint0);
  EXPECT_EQ(apic.takeRisenPins(), 0u);
  bus.setIrqLevel(ApicBus::kLint0, false);
  EXPECT_FALSE(apic.externalWaits());
  bus.sendMsi({0xfee00000, 0x700});
  EXPECT_TRUE(chips.messages.empty());
  EXPECT_TRUE(apic.externalWaits());
  EXPECT_EQ(static_cast<LocalApicModel&>(apic).acknowledgeExternal(), 0x68);
  EXPECT_FALSE(apic.externalWaits());
}

TEST_F(ApicHandOver, APinThatNobodyLookedAtIsDeliveredByTheModel) {
  write(0x360, 0x400);  // LINT1: NMI
  give();
  bus.setIrqLevel(ApicBus::kLint1, true);
  EXPECT_FALSE(mailbox.peek() & kMailNmi);
  takeBack();
  EXPECT_TRUE(mailbox.peek() & kMailNmi);
}

TEST_F(ApicHandOver, TheModelsTimerRestsMeanwhile) {
  write(0x3e0, 0xb);  // divide by 1
  write(0x320, 0x51);
  write(0x380, 1000);
  give();
  time.advance(5000);
  takeBack();
  EXPECT_TRUE(apic.image().registers[0x20 + 2] & 1u << 17);  // fires once it has the timer again
}

TEST_F(ApicHandOver, RoutesAreThoseOfLevelPins) {
  pin(9, 0x0100'0000'0000'a031 | 1u << 16);  // level, low, masked, vector 31h, destination 1
  pin(4, 0x0000'0000'0000'0034);             // edge
  give();
  EXPECT_EQ(chips.routes[9], (MsiMessage{0xfee01000, 0xc031}));
  EXPECT_FALSE(chips.routes[4]);
  pin(10, 0x0200'0000'0000'8932);  // logical, lowest priority
  EXPECT_EQ(chips.routes[10], (MsiMessage{0xfee0200c, 0xc132}));
  pin(9, 0x0100'0000'0000'0031);
  EXPECT_FALSE(chips.routes[9]);
  ioApic.reset();
  EXPECT_FALSE(chips.routes[10]);
}

TEST_F(ApicHandOver, ALevelPinIsServedAgainAfterItsEnd) {
  pin(9, 0x8031);
  give();
  ioApic.setIrqLevel(9, true);
  EXPECT_EQ(chips.messages.size(), 1u);
  ioApic.setIrqLevel(9, false);
  ioApic.setIrqLevel(9, true);
  EXPECT_EQ(chips.messages.size(), 1u);
  static_cast<InterruptChips&>(bus).endOfInterrupt(0x31);
  EXPECT_EQ(chips.messages.size(), 2u);
}

TEST_F(ApicHandOver, AnImageHasEveryRegister) {
  write(0x80, 0x35);
  write(0xd0, 0x04000000);
  write(0xe0, 0x0fffffff);
  write(0x340, 0x1e0);
  bus.sendMsi({0xfee00000, 0xc041});
  const LocalApicImage image = apic.image();
  EXPECT_EQ(image.base, 0xfee00900u);
  const std::pair<unsigned, u32> expected[] = {{0x02, 0},          {0x08, 0x35},    {0x0d, 0x04000000},
                                               {0x0e, 0x0fffffff}, {0x0f, 0x1ff},   {0x34, 0x1e0},
                                               {0x35, 0x10000},    {0x1a, 1u << 1}, {0x22, 1u << 1}};
  for (const auto& [reg, value] : expected) EXPECT_EQ(image.registers[reg], value) << reg;
}

TEST_F(ApicHandOver, AnotherModelGoesOnFromAnImage) {
  write(0x80, 0x35);
  write(0x350, 0x8700);
  write(0x310, 0x05000000);
  bus.sendMsi({0xfee00000, 0x41});
  bus.sendMsi({0xfee00000, 0x62});
  ASSERT_EQ(apic.acknowledge(), 0x62);
  VcpuMailbox otherMailbox;
  LocalApic other({.id = 7}, bus, otherMailbox, time.timers);
  other.setImage(apic.image());
  EXPECT_EQ(other.image(), apic.image());
  EXPECT_EQ(other.saveState(), apic.saveState());
}

TEST_F(ApicHandOver, AnX2ApicImageHasTheWholeId) {
  LocalApic wide({.id = 0x123}, bus, mailbox, time.timers);
  ASSERT_EQ(wide.writeMsr(kMsrApicBase, 0xfee00c00 | 0x100), MsrAccess::Done);
  EXPECT_EQ(wide.image().registers[2], 0x123u);
  LocalApic other({.id = 0x123}, bus, mailbox, time.timers);
  other.setImage(wide.image());
  EXPECT_EQ(other.apicId(), 0x123u);
  EXPECT_EQ(other.image().registers[0xd], 0x00120008u);  // 11.12.10.2
}

TEST_F(ApicHandOver, TimersGoOnWhereTheyWere) {
  for (const u32 mode : {0u, 1u << 17}) {
    apic.reset();
    write(0xf0, 0x1ff);
    write(0x3e0, 0x0);  // divide by 2
    write(0x320, 0x51 | mode);
    write(0x380, 100000);
    time.advance(60000);
    const LocalApicImage image = apic.image();
    EXPECT_EQ(image.registers[0x39], 70000u);
    VcpuMailbox otherMailbox;
    LocalApic other({.id = 1}, bus, otherMailbox, time.timers);
    other.setImage(image);
    time.advance(139999);
    EXPECT_FALSE(other.deliverable());
    time.advance(1);
    EXPECT_TRUE(other.deliverable());
    EXPECT_EQ(other.acknowledge(), 0x51);
    time.advance(200000);
    EXPECT_EQ(other.image().registers[0x22] != 0, mode != 0);
  }
}

TEST_F(ApicHandOver, DeadlinesStay) {
  write(0x320, 0x51 | 2u << 17);
  apic.writeMsr(kMsrTscDeadline, time.clock.tsc() + 900);
  const LocalApicImage image = apic.image();
  EXPECT_EQ(image.tscDeadline, time.clock.tsc() + 900);
  VcpuMailbox otherMailbox;
  LocalApic other({.id = 1}, bus, otherMailbox, time.timers);
  other.setImage(image);
  time.advance(899);
  EXPECT_FALSE(other.deliverable());
  time.advance(2);
  EXPECT_TRUE(other.deliverable());
  EXPECT_EQ(other.image().tscDeadline, 0u);
}

}  // namespace
}  // namespace duet::hw
