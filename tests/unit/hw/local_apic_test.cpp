// Against Intel SDM vol. 3 chapter 11.
#include "hw/irq/local_apic.h"

#include <gtest/gtest.h>

#include "core/cpu/registers.h"
#include "hw/irq/io_apic.h"
#include "tests/unit/hw/irq_fixture.h"

namespace duet::hw {
namespace {

struct Cpu {
  VcpuMailbox mailbox;
  LocalApic apic;
  Cpu(u32 id, ApicBus& bus, TimerQueue& timers)
      : apic({.id = id, .bootProcessor = id == 0}, bus, mailbox, timers) {
    bus.attach(apic);
  }
  u32 read(u64 offset) { return static_cast<u32>(apic.mmio().read(0, offset, 4)); }
  void write(u64 offset, u32 value) { apic.mmio().write(0, offset, 4, value); }
};

struct FixedSource : ExternalInterruptSource {
  int vector = 0x68;
  int acknowledgeExternal() override { return vector; }
};

struct LocalApicTest : ::testing::Test {
  ManualTime time;
  ApicBus bus;
  Cpu a{0, bus, time.timers};
  Cpu b{1, bus, time.timers};
  Cpu c{2, bus, time.timers};

  void enableAll() {
    for (Cpu* cpu : {&a, &b, &c}) {
      cpu->write(0xf0, 0x1ff);
      cpu->mailbox.take(~0u);
    }
  }
  void x2apic(Cpu& cpu) {
    u64 base = 0;
    cpu.apic.readMsr(kMsrApicBase, base);
    ASSERT_EQ(cpu.apic.writeMsr(kMsrApicBase, base | 0xc00), MsrAccess::Done);
  }
};

TEST_F(LocalApicTest, PowerOnRegisters) {
  EXPECT_EQ(a.read(0x20), 0u);
  EXPECT_EQ(b.read(0x20), 1u << 24);
  EXPECT_EQ(a.read(0x30) & 0xff00ff, 0x50014u);
  EXPECT_EQ(a.read(0xe0), 0xffffffffu);
  EXPECT_EQ(a.read(0xf0), 0xffu);
  for (u64 lvt : {0x320, 0x330, 0x340, 0x350, 0x360, 0x370}) EXPECT_EQ(a.read(lvt), 0x10000u);
  u64 base = 0;
  EXPECT_EQ(a.apic.readMsr(kMsrApicBase, base), MsrAccess::Done);
  EXPECT_EQ(base, 0xfee00900u);
  b.apic.readMsr(kMsrApicBase, base);
  EXPECT_EQ(base, 0xfee00800u);
  EXPECT_EQ(a.apic.mmioPage(), Gpa(0xfee00000));
}

TEST_F(LocalApicTest, HighestVectorFirstAndServiceBlocksItsClass) {
  enableAll();
  a.write(0x310, 0);
  a.write(0x300, 0x41);
  a.write(0x300, 0x52);
  EXPECT_TRUE(a.mailbox.peek() & kMailInterrupt);
  EXPECT_EQ(a.apic.acknowledge(), 0x52);
  EXPECT_EQ(a.read(0xa0), 0x50u);
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(a.apic.acknowledge(), -1);
  a.write(0x300, 0x58);  // same class: waits
  EXPECT_FALSE(a.apic.deliverable());
  a.write(0xb0, 0);
  EXPECT_EQ(a.apic.acknowledge(), 0x58);
  a.write(0xb0, 0);
  EXPECT_EQ(a.apic.acknowledge(), 0x41);
  EXPECT_EQ(a.read(0x100 + 0x20), 1u << 1);
}

TEST_F(LocalApicTest, TaskPriorityHoldsBack) {
  enableAll();
  a.apic.setTaskPriority(5);
  EXPECT_EQ(a.read(0x80), 0x50u);
  a.write(0x300, 0x5f);
  EXPECT_FALSE(a.apic.deliverable());
  a.mailbox.take(~0u);
  a.write(0x80, 0x4f);
  EXPECT_TRUE(a.mailbox.peek() & kMailInterrupt);
  EXPECT_EQ(a.apic.taskPriority(), 4);
  EXPECT_EQ(a.apic.acknowledge(), 0x5f);
}

TEST_F(LocalApicTest, Shorthands) {
  enableAll();
  a.write(0x300, 0x40040);
  EXPECT_EQ(a.apic.acknowledge(), 0x40);
  EXPECT_FALSE(b.apic.deliverable());
  a.write(0x300, 0xc0071);
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(b.apic.acknowledge(), 0x71);
  EXPECT_EQ(c.apic.acknowledge(), 0x71);
  a.write(0x300, 0x80082);
  EXPECT_EQ(a.apic.acknowledge(), 0x82);
  EXPECT_EQ(b.apic.acknowledge(), 0x82);
}

TEST_F(LocalApicTest, InitAndStartUp) {
  enableAll();
  a.write(0x310, 1u << 24);
  a.write(0x300, 0xc500);
  EXPECT_EQ(b.mailbox.take(~0u), kMailInit);
  a.write(0x300, 0x8500);  // level de-assert: nothing
  EXPECT_EQ(b.mailbox.peek(), 0u);
  a.write(0x300, 0x4699);
  EXPECT_EQ(b.mailbox.take(~0u), kMailSipi);
  EXPECT_EQ(b.mailbox.sipiVector(), 0x99);
  a.write(0x300, 0x4400);
  EXPECT_EQ(b.mailbox.take(~0u), kMailNmi);
  EXPECT_EQ(c.mailbox.peek(), 0u);
}

TEST_F(LocalApicTest, LogicalFlatAndCluster) {
  enableAll();
  a.write(0xd0, 0x01000000);
  b.write(0xd0, 0x02000000);
  c.write(0xd0, 0x04000000);
  a.write(0x310, 0x06000000);
  a.write(0x300, 0x4840);
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(b.apic.acknowledge(), 0x40);
  EXPECT_EQ(c.apic.acknowledge(), 0x40);
  for (Cpu* cpu : {&a, &b, &c}) {
    cpu->write(0xb0, 0);
    cpu->write(0xe0, 0x0fffffff);
    EXPECT_EQ(cpu->read(0xe0), 0x0fffffffu);
  }
  a.write(0xd0, 0x11000000);
  b.write(0xd0, 0x12000000);
  c.write(0xd0, 0x21000000);
  a.write(0x310, 0x13000000);
  a.write(0x300, 0x4841);
  EXPECT_EQ(a.apic.acknowledge(), 0x41);
  EXPECT_EQ(b.apic.acknowledge(), 0x41);
  EXPECT_FALSE(c.apic.deliverable());
  a.write(0x310, 0xf1000000);  // all clusters, member 0
  a.write(0x300, 0x4861);
  EXPECT_EQ(a.apic.acknowledge(), 0x61);
  EXPECT_FALSE(b.apic.deliverable());
  EXPECT_EQ(c.apic.acknowledge(), 0x61);
}

TEST_F(LocalApicTest, LowestPriorityGoesToOne) {
  enableAll();
  for (Cpu* cpu : {&a, &b, &c}) cpu->write(0xd0, 0x01000000);
  a.write(0x80, 0x30);
  b.write(0x80, 0x10);
  c.write(0x80, 0x20);
  bus.sendMsi({0xfee01000 | 4, 0x150});
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(b.apic.acknowledge(), 0x50);
  EXPECT_FALSE(c.apic.deliverable());
}

TEST_F(LocalApicTest, ModeTransitions) {
  const auto set = [&](u64 value) { return a.apic.writeMsr(kMsrApicBase, value); };
  EXPECT_EQ(set(0xfee00500), MsrAccess::Fault);  // EXTD without EN
  EXPECT_EQ(set(0xfee00900 | 1), MsrAccess::Fault);
  EXPECT_EQ(set(0xfee00900 | u64{1} << 40), MsrAccess::Fault);
  EXPECT_EQ(set(0xfee00d00), MsrAccess::Done);
  EXPECT_EQ(a.apic.mmioPage(), std::nullopt);
  EXPECT_EQ(set(0xfee00900), MsrAccess::Fault);  // x2APIC → xAPIC
  EXPECT_EQ(set(0xfee00100), MsrAccess::Done);
  EXPECT_EQ(set(0xfee00d00), MsrAccess::Fault);  // disabled → x2APIC
  EXPECT_EQ(set(0xfee00900), MsrAccess::Done);
  EXPECT_EQ(a.read(0xf0), 0xffu);
  EXPECT_EQ(set(0x80000900), MsrAccess::Done);
  EXPECT_EQ(a.apic.mmioPage(), Gpa(0x80000000));
}

TEST_F(LocalApicTest, X2apicRegisters) {
  enableAll();
  u64 value = 0;
  EXPECT_EQ(c.apic.readMsr(0x802, value), MsrAccess::Fault);  // not in the mode yet
  x2apic(c);
  EXPECT_EQ(c.apic.readMsr(0x802, value), MsrAccess::Done);
  EXPECT_EQ(value, 2u);
  EXPECT_EQ(c.apic.readMsr(0x80d, value), MsrAccess::Done);
  EXPECT_EQ(value, 4u);
  EXPECT_EQ(c.apic.writeMsr(0x802, 0), MsrAccess::Fault);
  EXPECT_EQ(c.apic.writeMsr(0x80b, 1), MsrAccess::Fault);
  EXPECT_EQ(c.apic.writeMsr(0x80b, 0), MsrAccess::Done);
  EXPECT_EQ(c.apic.readMsr(0x80b, value), MsrAccess::Fault);
  EXPECT_EQ(c.apic.readMsr(0x80e, value), MsrAccess::Fault);
  EXPECT_EQ(c.apic.readMsr(0x831, value), MsrAccess::Fault);
  EXPECT_EQ(c.apic.writeMsr(0x808, 0x100), MsrAccess::Fault);
  EXPECT_EQ(c.apic.writeMsr(0x828, 1), MsrAccess::Fault);
  EXPECT_EQ(c.apic.writeMsr(0x83f, 0x77), MsrAccess::Done);
  EXPECT_EQ(c.apic.acknowledge(), 0x77);
  EXPECT_EQ(c.apic.readMsr(0x8ff, value), MsrAccess::Fault);
  EXPECT_EQ(c.apic.readMsr(0x900, value), MsrAccess::NotMine);
}

TEST_F(LocalApicTest, X2apicIpis) {
  enableAll();
  for (Cpu* cpu : {&a, &b, &c}) x2apic(*cpu);
  EXPECT_EQ(a.apic.writeMsr(0x830, u64{2} << 32 | 0x45), MsrAccess::Done);
  EXPECT_EQ(c.apic.acknowledge(), 0x45);
  EXPECT_FALSE(b.apic.deliverable());
  EXPECT_EQ(a.apic.writeMsr(0x830, u64{6} << 32 | 0x855), MsrAccess::Done);  // cluster 0, members 1 and 2
  EXPECT_EQ(b.apic.acknowledge(), 0x55);
  EXPECT_EQ(c.apic.acknowledge(), 0x55);
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(a.apic.writeMsr(0x830, u64{0xffffffff} << 32 | 0x66), MsrAccess::Done);
  EXPECT_EQ(a.apic.acknowledge(), 0x66);
  EXPECT_EQ(a.apic.writeMsr(0x830, u64{1} << 20), MsrAccess::Fault);
}

TEST_F(LocalApicTest, TimerOneShotAndPeriodic) {
  enableAll();
  a.write(0x3e0, 0xb);  // divide by 1
  a.write(0x320, 0x40);
  a.write(0x380, 1000000);
  time.advance(400000);
  EXPECT_EQ(a.read(0x390), 600000u);
  EXPECT_FALSE(a.apic.deliverable());
  time.advance(600000);
  EXPECT_EQ(a.apic.acknowledge(), 0x40);
  a.write(0xb0, 0);
  EXPECT_EQ(a.read(0x390), 0u);
  time.advance(5000000);
  EXPECT_FALSE(a.apic.deliverable());

  a.write(0x3e0, 0x0);  // divide by 2
  a.write(0x320, 0x20041);
  a.write(0x380, 500000);
  for (int i = 0; i < 3; ++i) {
    time.advance(999999);
    EXPECT_FALSE(a.apic.deliverable());
    time.advance(1);
    EXPECT_EQ(a.apic.acknowledge(), 0x41);
    a.write(0xb0, 0);
  }
  a.write(0x380, 0);
  time.advance(5000000);
  EXPECT_FALSE(a.apic.deliverable());
}

TEST_F(LocalApicTest, DivideValues) {
  const unsigned divisors[] = {2, 4, 8, 16, 32, 64, 128, 1};
  for (unsigned code = 0; code < 8; ++code) {
    a.write(0x3e0, (code & 3) | (code & 4) << 1);
    a.write(0x380, 1000000);
    time.advance(128 * 100);
    EXPECT_EQ(a.read(0x390), 1000000 - 12800 / divisors[code]) << code;
  }
}

TEST_F(LocalApicTest, ShortestPeriodDoesNotStorm) {
  enableAll();
  a.write(0x3e0, 0xb);
  a.write(0x320, 0x20041);
  a.write(0x380, 1);
  int fired = 0;
  const Nanoseconds end = time.clock.now() + 1000000;
  while (time.timers.nextDeadline() <= end && fired < 100000) {
    time.clock.advanceTo(time.timers.nextDeadline());
    time.timers.runDue();
    ++fired;
  }
  EXPECT_LE(fired, 52);
}

TEST_F(LocalApicTest, TscDeadline) {
  enableAll();
  u64 value = 1;
  const u64 soon = time.clock.tsc() + time.clock.tscFrequency() / 1000;
  EXPECT_EQ(a.apic.writeMsr(kMsrTscDeadline, soon), MsrAccess::Done);
  a.apic.readMsr(kMsrTscDeadline, value);
  EXPECT_EQ(value, 0u);  // not in the mode: ignored
  a.write(0x320, 0x40044);
  a.apic.writeMsr(kMsrTscDeadline, soon);
  a.apic.readMsr(kMsrTscDeadline, value);
  EXPECT_EQ(value, soon);
  a.write(0x380, 5);
  EXPECT_EQ(a.read(0x390), 0u);
  time.advance(990000);
  EXPECT_FALSE(a.apic.deliverable());
  time.advance(20000);
  EXPECT_EQ(a.apic.acknowledge(), 0x44);
  a.apic.readMsr(kMsrTscDeadline, value);
  EXPECT_EQ(value, 0u);
  a.write(0xb0, 0);
  a.apic.writeMsr(kMsrTscDeadline, 1);  // long past: at once
  time.advance(1);
  EXPECT_EQ(a.apic.acknowledge(), 0x44);
}

// The host may run a timer's callback late; what was due before the guest's next word to the timer stays pending all
// the same (SDM vol. 3 11.5.4: it interrupts when it expires), and the deadline reads as 0 once it has passed.
TEST_F(LocalApicTest, TimerThatIsDueInterruptsThoughItIsSetAnewFirst) {
  enableAll();
  a.write(0x3e0, 0xb);
  a.write(0x320, 0x40);
  a.write(0x380, 1000);
  time.clock.advanceTo(time.clock.now() + 2000);  // no callback
  a.write(0x380, 0);
  EXPECT_EQ(a.apic.acknowledge(), 0x40);
  a.write(0xb0, 0);

  a.write(0x380, 1000);
  time.clock.advanceTo(time.clock.now() + 2000);
  a.write(0xf0, 0xff);  // masks the timer from now on
  a.write(0xf0, 0x1ff);
  EXPECT_EQ(a.apic.acknowledge(), 0x40);
  a.write(0xb0, 0);

  a.write(0x320, 0x40044);
  for (const bool look : {false, true}) {
    a.apic.writeMsr(kMsrTscDeadline, time.clock.tsc() + 1000);
    time.clock.advanceTo(time.clock.now() + 2000);
    u64 value = 0;
    if (look) a.apic.readMsr(kMsrTscDeadline, value);
    EXPECT_EQ(value, 0u);
    a.apic.writeMsr(kMsrTscDeadline, 0);
    EXPECT_EQ(a.apic.acknowledge(), 0x44);
    a.write(0xb0, 0);
    time.advance(10000);
    EXPECT_FALSE(a.apic.deliverable());  // once
  }
}

TEST_F(LocalApicTest, Errors) {
  enableAll();
  a.write(0x370, 0xfe);
  a.write(0x300, 0x4005);  // vector 5 cannot be sent
  EXPECT_EQ(a.read(0x280), 0u);
  a.write(0x280, 0);
  EXPECT_EQ(a.read(0x280), 0x20u);
  EXPECT_EQ(a.apic.acknowledge(), 0xfe);
  a.write(0xb0, 0);
  a.write(0x280, 0);
  EXPECT_EQ(a.read(0x280), 0u);
  bus.sendMsi({0xfee00000, 0x0f});
  a.write(0x280, 0);
  EXPECT_EQ(a.read(0x280), 0x40u);
  a.read(0x3f8 & ~0xfull);
  a.read(0x3d0);
  a.write(0x280, 0);
  EXPECT_EQ(a.read(0x280), 0x80u);
}

TEST_F(LocalApicTest, SoftwareDisableMasksLvt) {
  enableAll();
  a.write(0x320, 0x20);
  a.write(0xf0, 0xff);
  EXPECT_EQ(a.read(0x320), 0x10020u);
  a.write(0x320, 0x20);
  EXPECT_EQ(a.read(0x320), 0x10020u);
  bus.sendMsi({0xfee00000, 0x40});
  EXPECT_FALSE(a.apic.deliverable());
}

TEST_F(LocalApicTest, ExtIntThroughLint0) {
  FixedSource source;
  a.apic.setExternalSource(&source);
  b.apic.setExternalSource(&source);
  bus.setIrqLevel(ApicBus::kLint0, true);
  EXPECT_FALSE(a.apic.deliverable());  // a reset masks the LVT
  a.apic.writeMsr(kMsrApicBase, 0xfee00100);
  EXPECT_TRUE(a.apic.deliverable());  // LINT0 of an APIC that is off is the INTR pin of the boot processor
  EXPECT_FALSE(b.apic.deliverable());
  EXPECT_EQ(a.apic.acknowledge(), 0x68);
  a.apic.writeMsr(kMsrApicBase, 0xfee00900);
  bus.setIrqLevel(ApicBus::kLint0, false);
  enableAll();
  bus.setIrqLevel(ApicBus::kLint0, true);
  EXPECT_FALSE(a.apic.deliverable());
  a.write(0x350, 0x700);
  EXPECT_TRUE(a.mailbox.peek() & kMailInterrupt);
  EXPECT_EQ(a.apic.acknowledge(), 0x68);
  a.write(0x350, 0x10700);
  EXPECT_FALSE(a.apic.deliverable());
}

TEST_F(LocalApicTest, Lint1Nmi) {
  enableAll();
  bus.setIrqLevel(ApicBus::kLint1, true);
  EXPECT_EQ(a.mailbox.peek(), 0u);
  bus.setIrqLevel(ApicBus::kLint1, false);
  a.write(0x360, 0x400);
  bus.setIrqLevel(ApicBus::kLint1, true);
  EXPECT_EQ(a.mailbox.take(~0u), kMailNmi);
  EXPECT_EQ(b.mailbox.peek(), 0u);
}

TEST_F(LocalApicTest, LevelInterruptRoundTripWithIoApic) {
  enableAll();
  IoApic io(bus);
  bus.attach(io);
  const auto set = [&](u32 index, u32 value) {
    io.write(0, 0, 4, index);
    io.write(0, 0x10, 4, value);
  };
  const auto get = [&](u32 index) {
    io.write(0, 0, 4, index);
    return static_cast<u32>(io.read(0, 0x10, 4));
  };
  EXPECT_EQ(get(1), 0x170020u);
  set(0x10 + 2 * 9 + 1, 0);
  set(0x10 + 2 * 9, 0x8059);
  io.setIrqLevel(9, true);
  EXPECT_EQ(a.apic.acknowledge(), 0x59);
  EXPECT_EQ(a.read(0x180 + 0x20), 1u << 25);  // TMR
  EXPECT_EQ(get(0x10 + 2 * 9), 0xc059u);      // remote IRR
  a.write(0xb0, 0);
  EXPECT_EQ(a.apic.acknowledge(), 0x59);  // still asserted: again
  io.setIrqLevel(9, false);
  a.write(0xb0, 0);
  EXPECT_FALSE(a.apic.deliverable());
  EXPECT_EQ(get(0x10 + 2 * 9), 0x8059u);

  a.write(0xf0, 0x11ff);  // EOI broadcast suppressed: directed EOI at the IOAPIC
  io.setIrqLevel(9, true);
  EXPECT_EQ(a.apic.acknowledge(), 0x59);
  io.setIrqLevel(9, false);
  a.write(0xb0, 0);
  EXPECT_EQ(get(0x10 + 2 * 9), 0xc059u);
  io.write(0, 0x40, 4, 0x59);
  EXPECT_EQ(get(0x10 + 2 * 9), 0x8059u);

  set(0x10 + 2 * 4, 0x10034);
  io.setIrqLevel(4, true);  // masked edge: lost
  set(0x10 + 2 * 4, 0x34);
  EXPECT_FALSE(a.apic.deliverable());
  io.setIrqLevel(4, false);
  io.setIrqLevel(4, true);
  EXPECT_EQ(a.apic.acknowledge(), 0x34);
}

// 11.4.7.3: INIT does not touch the APIC ID, which software may have written.
TEST_F(LocalApicTest, InitKeepsTheWrittenId) {
  a.write(0x20, 5u << 24);
  a.write(0x80, 0x40);
  a.apic.initReset();
  EXPECT_EQ(a.read(0x20), 5u << 24);
  EXPECT_EQ(a.read(0x80), 0u);
}

// 11.5.4: one-shot and periodic share the count, which a change of mode leaves alone.
TEST_F(LocalApicTest, TimerModeChangeKeepsTheCount) {
  enableAll();
  a.write(0x3e0, 0xb);
  a.write(0x320, 0x20020);
  a.write(0x380, 1000);
  time.advance(2600);
  EXPECT_EQ(a.read(0x390), 400u);
  a.write(0x320, 0x20);
  EXPECT_EQ(a.read(0x390), 400u);
  time.advance(400);
  EXPECT_EQ(a.read(0x390), 0u);
  a.write(0x320, 0x20020);
  time.advance(100);
  EXPECT_EQ(a.read(0x390), 0u);  // over: periodic mode does not start it again
}

TEST_F(LocalApicTest, DivideChangeKeepsTheCount) {
  enableAll();
  a.write(0x3e0, 0xb);
  a.write(0x380, 1000);
  time.advance(400);
  a.write(0x3e0, 0);
  EXPECT_EQ(a.read(0x390), 600u);
  time.advance(200);
  EXPECT_EQ(a.read(0x390), 500u);
}

// 11.11.2: a level message with the assert bit clear asks for nothing.
TEST_F(LocalApicTest, LevelDeassertMessage) {
  enableAll();
  bus.sendMsi({0xfee00000, 0x8040});
  EXPECT_FALSE(a.apic.deliverable());
  bus.sendMsi({0xfee00000, 0xc040});
  EXPECT_TRUE(a.apic.deliverable());
}

TEST_F(LocalApicTest, TwoNmisAndNoMore) {
  for (int i = 0; i < 3; ++i) bus.send({.destination = 0, .mode = DeliveryMode::Nmi});
  EXPECT_EQ(a.mailbox.take(kMailNmi), kMailNmi);
  EXPECT_EQ(a.mailbox.take(kMailNmi), kMailNmi);
  EXPECT_EQ(a.mailbox.take(kMailNmi), 0u);
}

TEST_F(LocalApicTest, InitKeepsModeAndClearsTheRest) {
  enableAll();
  x2apic(b);
  b.apic.writeMsr(0x808, 0x20);
  b.apic.initReset();
  u64 value = 0;
  EXPECT_EQ(b.apic.readMsr(0x808, value), MsrAccess::Done);
  EXPECT_EQ(value, 0u);
  EXPECT_EQ(b.apic.readMsr(0x80f, value), MsrAccess::Done);
  EXPECT_EQ(value, 0xffu);
  EXPECT_EQ(b.apic.readMsr(0x80d, value), MsrAccess::Done);
  EXPECT_EQ(value, 2u);
}

}  // namespace
}  // namespace duet::hw
