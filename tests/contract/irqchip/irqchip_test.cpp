// Local APICs in the kernel do what the machine's models promise, and take turns with them (SDM vol. 3 chapter 11).
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/cpu/registers.h"
#include "cpu-kvm/caps/probes.h"
#include "tests/contract/irqchip/irqchip_rig.h"

namespace duet::test {
namespace {

constexpr u8 kHlt = 0xf4;
constexpr u64 kMsiBase = 0xfee00000;

struct Event {
  int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  ~Event() { close(fd); }
  void signal() const { ASSERT_EQ(eventfd_write(fd, 1), 0); }
  u64 taken() const {
    eventfd_t value = 0;
    return eventfd_read(fd, &value) == 0 ? value : 0;
  }
};

void skip(const std::string& why) {
  if (std::getenv("DUET_NO_SKIP")) FAIL() << why;
  GTEST_SKIP() << why;
}

class Irqchip : public ::testing::Test {
 protected:
  void SetUp() override {
    try {
      rig = std::make_unique<IrqchipRig>();
    } catch (const std::exception& e) {
      skip(e.what());
    }
  }
  // hlt; jmp to it
  void waitInLoop() { rig->put(IrqchipRig::kProgram, {kHlt, 0xeb, 0xfd}); }
  LocalApicImage image() { return rig->cpus[0]->apic->image(); }
  void runAndStop() {
    rig->cpus[0]->vcpu->requestExit();
    EXPECT_EQ(rig->cpus[0]->vcpu->run({}).reason, ExitReason::Cancelled);
  }

  std::unique_ptr<IrqchipRig> rig;
};

TEST_F(Irqchip, RegistersComeBackFromTheKernel) {
  waitInLoop();
  for (const bool x2apic : {false, true}) {
    rig->load(0, rig->start(false));
    rig->enableApic(0, false);
    IoHandler& apic = rig->cpus[0]->apic->mmio();
    apic.write(0, 0x80, 4, 0x35);
    apic.write(0, 0x340, 4, 0x1e0);
    apic.write(0, 0x350, 4, 0x8700);
    apic.write(0, 0x3e0, 4, 0xb);
    rig->bus.sendMsi({kMsiBase, 0xc041});
    rig->bus.sendMsi({kMsiBase, 0x62});
    ASSERT_EQ(rig->cpus[0]->apic->acknowledge(), 0x62);
    rig->enableApic(0, x2apic);
    const LocalApicImage before = image();
    runAndStop();
    EXPECT_EQ(image(), before) << x2apic;
    EXPECT_EQ(image().registers[0x22], 1u << 1);
    EXPECT_EQ(image().registers[0x13], 1u << 2);
    rig->cpus[0]->apic->reset();
  }
}

TEST_F(Irqchip, AMessageWakesAHaltedProcessor) {
  waitInLoop();
  rig->handler(0x41, 1);
  rig->load(0, rig->start(true));
  rig->enableApic(0, false);
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  rig->bus.sendMsi({kMsiBase, 0x41});
  EXPECT_TRUE(rig->log.waitFor(1, 1));
  rig->stop();
  EXPECT_EQ(rig->cpus[0]->exit.reason, ExitReason::Cancelled);
  // It was on the way to the end of the interrupt and to the next HLT.
  for (int ms = 1; ms < 2000 && rig->state(0).activity == Activity::Running; ms *= 2) {
    rig->go();
    std::this_thread::sleep_for(std::chrono::milliseconds(ms));
    rig->stop();
  }
  EXPECT_EQ(image().registers[0x22], 0u);
  EXPECT_EQ(rig->state(0).activity, Activity::Halted);
}

TEST_F(Irqchip, AMessageToAStoppedMachineIsTakenWhenItRuns) {
  waitInLoop();
  rig->handler(0x41, 1);
  rig->load(0, rig->start(true));
  rig->enableApic(0, false);
  runAndStop();
  rig->bus.sendMsi({kMsiBase, 0x41});
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(1, 1));
}

TEST_F(Irqchip, ALevelInterruptComesAgainAfterItsEnd) {
  waitInLoop();
  rig->handler(0x31, 2, true);
  rig->load(0, rig->start(true));
  rig->enableApic(0, true);
  rig->go();
  for (const u64 value : {0x10 + 2 * 9, 0x8031}) rig->ioApic.write(0, value == 0x8031 ? 0x10 : 0, 4, value);
  rig->ioApic.setIrqLevel(9, true);
  EXPECT_TRUE(rig->log.waitFor(2, 20));
  rig->ioApic.setIrqLevel(9, false);
}

TEST_F(Irqchip, The8259ReachesTheProcessorByItsWire) {
  waitInLoop();
  rig->handler(0x48, 3);
  rig->pic.acknowledged = [this] { rig->bus.setIrqLevel(hw::ApicBus::kLint0, false); };
  rig->load(0, rig->start(true));
  rig->enableApic(0, false);
  rig->cpus[0]->apic->mmio().write(0, 0x350, 4, 0x700);  // LINT0: ExtINT
  rig->go();
  for (size_t i = 1; i <= 3; ++i) {
    rig->bus.setIrqLevel(hw::ApicBus::kLint0, true);
    EXPECT_TRUE(rig->log.waitFor(3, i));
  }
  rig->stop();
  rig->load(0, rig->start(true));
  rig->cpus[0]->apic->mmio().write(0, 0x350, 4, 0x10700);  // masked
  rig->bus.setIrqLevel(hw::ApicBus::kLint0, true);
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(rig->log.count(3), 3u);
}

TEST_F(Irqchip, TheTimerGoesOnInTheKernel) {
  waitInLoop();
  rig->handler(0x51, 4, true);
  rig->load(0, rig->start(true));
  rig->enableApic(0, true);
  hw::LocalApic& apic = *rig->cpus[0]->apic;
  apic.writeMsr(0x83e, 0xb);
  apic.writeMsr(0x832, 0x51 | 1u << 17);  // periodic
  apic.writeMsr(0x838, 5'000'000);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(4, 5));
  rig->stop();
  EXPECT_NE(image().registers[0x39], 0u);
  EXPECT_LE(image().registers[0x39], 5'000'000u);
}

// Its processor has left the guest, and another keeps the chips in the kernel meanwhile.
TEST_F(Irqchip, ATickOutsideTheGuestIsKept) {
  rig = std::make_unique<IrqchipRig>(2);
  rig->put(IrqchipRig::kProgram, {0xeb, 0xfe});
  rig->load(0, rig->start(false));
  rig->enableApic(0, true);
  hw::LocalApic& apic = *rig->cpus[0]->apic;
  constexpr u64 kPeriod = 200'000'000;
  const auto requested = [&] { return (image().registers[0x22] >> (0x51 - 64) & 1) != 0; };
  for (const bool ticks : {false, true}) {
    apic.writeMsr(0x83e, 0xb);
    apic.writeMsr(0x832, 0x51 | 1u << 17);
    apic.writeMsr(0x838, kPeriod);
    const Nanoseconds start = rig->clock.now();
    rig->go();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    rig->cpus[0]->vcpu->requestExit();
    rig->cpus[0]->thread.join();
    if (ticks) std::this_thread::sleep_for(std::chrono::nanoseconds(kPeriod));
    rig->stop();
    const bool early = rig->clock.now() - start < static_cast<Nanoseconds>(kPeriod);  // not on a busy host
    EXPECT_TRUE(requested() == ticks || (!ticks && !early));
  }
}

TEST_F(Irqchip, ADeadlineFiresOnceAndNotEarly) {
  waitInLoop();
  rig->handler(0x52, 5, true);
  rig->load(0, rig->start(true));
  rig->enableApic(0, true);
  hw::LocalApic& apic = *rig->cpus[0]->apic;
  apic.writeMsr(0x832, 0x52 | 2u << 17);
  const u64 due = rig->clock.tsc() + rig->clock.tscFrequency() / 5;
  apic.writeMsr(kMsrTscDeadline, due);
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  rig->stop();
  // A KVM whose host has no steady TSC moves the guest's.
  EXPECT_EQ(image().tscDeadline + rig->state(0).msr.tscOffset, due);
  EXPECT_EQ(rig->log.count(5), 0u);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(5, 1));
  EXPECT_GE(rig->clock.tsc(), due);
  rig->stop();
  EXPECT_EQ(image().tscDeadline, 0u);
}

TEST_F(Irqchip, ADoorbellTakesThePlaceOfItsWrites) {
  // mov dx, port + 8; mov al, 5; out dx, al; inc ax; out dx, al; mov dx, port; out dx, al; hlt
  rig->put(IrqchipRig::kProgram,
           {0xba, 0x08, 0x05, 0xb0, 5, 0xee, 0x40, 0xee, 0xba, 0x00, 0x05, 0xee, kHlt, 0xeb, 0xfd});
  Event any, five;
  EngineEvents& events = *rig->engine->events();
  const Doorbell onlyFive{true, IrqchipRig::kPort + 8, 1, 5, five.fd};
  ASSERT_TRUE(events.addDoorbell(onlyFive));
  rig->load(0, rig->start(false));
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(0, 1));
  rig->stop();
  EXPECT_EQ(five.taken(), 1u);
  EXPECT_EQ(rig->log.count(8), 1u);
  ASSERT_TRUE(events.removeDoorbell(onlyFive));
  const Doorbell all{true, IrqchipRig::kPort + 8, 1, {}, any.fd};
  ASSERT_TRUE(events.addDoorbell(all));
  rig->load(0, rig->start(false));
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(0, 2));
  rig->stop();
  EXPECT_EQ(any.taken(), 2u);
  EXPECT_EQ(five.taken(), 0u);
  EXPECT_EQ(rig->log.count(8), 1u);
}

TEST_F(Irqchip, AnEventIsAMessageWhileItRunsAndWaitsElse) {
  waitInLoop();
  rig->handler(0x41, 6, true);
  rig->handler(0x42, 7, true);
  rig->load(0, rig->start(true));
  rig->enableApic(0, true);
  Event event;
  EngineEvents& events = *rig->engine->events();
  const auto number = events.addMessage(event.fd, {kMsiBase, 0x41});
  ASSERT_TRUE(number) << number.error().message;
  rig->go();
  event.signal();
  EXPECT_TRUE(rig->log.waitFor(6, 1));
  ASSERT_TRUE(events.changeMessage(*number, {kMsiBase, 0x42}));
  event.signal();
  EXPECT_TRUE(rig->log.waitFor(7, 1));
  rig->stop();
  event.signal();
  EXPECT_EQ(image().registers[0x22], 0u);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(7, 2));
  rig->stop();
  ASSERT_TRUE(events.removeMessage(*number));
  EXPECT_FALSE(events.removeMessage(*number));
  event.signal();
  rig->go();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  rig->stop();
  EXPECT_EQ(rig->log.count(7), 2u);
  EXPECT_EQ(event.taken(), 1u);
}

TEST_F(Irqchip, PagesThatTheGuestWroteAreFound) {
  // mov byte [5000h], 1; mov dx, port; out dx, al; hlt
  rig->put(IrqchipRig::kProgram, {0xc6, 0x06, 0x00, 0x50, 1, 0xba, 0x00, 0x05, 0xee, kHlt, 0xeb, 0xfd});
  DirtyTracker& dirty = *rig->engine->dirtyTracker();
  const auto isDirty = [&](u64 address) { return rig->ram.isDirty(rig->block->firstPage + address / 4096); };
  const auto clear = [&] {
    for (u64 page = 0; page < IrqchipRig::kRamSize / 4096; ++page)
      rig->ram.takeDirty(rig->block->firstPage + page);
  };
  const auto runOnce = [&](size_t times) {
    rig->load(0, rig->start(false));
    rig->go();
    EXPECT_TRUE(rig->log.waitFor(0, times));
    rig->stop();
  };
  ASSERT_TRUE(dirty.track(true));
  ASSERT_TRUE(dirty.collect());
  clear();
  runOnce(1);
  ASSERT_TRUE(dirty.collect());
  EXPECT_TRUE(isDirty(0x5000));
  EXPECT_FALSE(isDirty(0x6000));
  clear();
  ASSERT_TRUE(dirty.collect());
  EXPECT_FALSE(isDirty(0x5000)) << "told once";
  ASSERT_TRUE(dirty.track(false));
  clear();
  runOnce(2);
  ASSERT_TRUE(dirty.collect());
  EXPECT_TRUE(isDirty(0x5000));
  EXPECT_TRUE(isDirty(0x6000)) << "without tracking all of RAM counts as written";
}

class RingsOfPages : public Irqchip {
 protected:
  static constexpr u64 kFirst = 0x100000;

  void SetUp() override {
    try {
      rig = std::make_unique<IrqchipRig>(
          1, kvm::KvmSettings{.irqchip = kvm::IrqchipMode::Split, .dirtyRing = 1024});
    } catch (const std::exception& e) {
      skip(e.what());
    }
  }
  void allFound(u64 end) {
    // In 32-bit code: mov esi, 100000h; next: mov byte [esi], 1; add esi, 1000h; cmp esi, end; jb next; mov dx, port;
    // out dx, al; hlt
    rig->put(IrqchipRig::kProgram, {0xbe,
                                    0,
                                    0,
                                    0x10,
                                    0,
                                    0xc6,
                                    0x06,
                                    1,
                                    0x81,
                                    0xc6,
                                    0,
                                    0x10,
                                    0,
                                    0,
                                    0x81,
                                    0xfe,
                                    0,
                                    0,
                                    static_cast<u8>(end >> 16),
                                    0,
                                    0x72,
                                    0xef,
                                    0x66,
                                    0xba,
                                    0x00,
                                    0x05,
                                    0xee,
                                    kHlt,
                                    0xeb,
                                    0xfd});
    DirtyTracker& dirty = *rig->engine->dirtyTracker();
    ASSERT_TRUE(dirty.track(true));
    ASSERT_TRUE(dirty.collect());
    const u64 first = rig->block->firstPage;
    for (u64 page = 0; page < IrqchipRig::kRamSize / 4096; ++page) rig->ram.takeDirty(first + page);
    CpuState state = rig->start(false);
    state.cr0 |= kCr0Pe;
    state.segment.fill({0x10, 0, 0xffffffff, 3 | kSegS | kSegPresent | kSegDb | kSegG});
    state.segment[kSegCs] = {8, 0, 0xffffffff, 0xb | kSegS | kSegPresent | kSegDb | kSegG};
    rig->load(0, state);
    rig->go();
    ASSERT_TRUE(rig->log.waitFor(0, 1));
    rig->stop();
    ASSERT_TRUE(dirty.collect());
    for (u64 at = kFirst; at < end; at += 4096) ASSERT_TRUE(rig->ram.isDirty(first + at / 4096)) << at;
    EXPECT_FALSE(rig->ram.isDirty(first + 0x50));
  }
};

TEST_F(RingsOfPages, AreRead) { allFound(0x280000); }

// The vCPU stops for its pages to be told.
TEST_F(RingsOfPages, AreEmptiedWhenFull) {
  auto system = kvm::System::open();
  ASSERT_TRUE(system);
  if (const auto whole = kvm::runsWholePc(*system); !whole) return skip(whole.error().message);
  allFound(IrqchipRig::kRamSize);
}

// mov ecx, 830h; mov edx, 1; mov eax, ICR; wrmsr: to processor 1, INIT and then start-up at 6000h.
TEST_F(Irqchip, ASecondProcessorIsStarted) {
  rig = std::make_unique<IrqchipRig>(2);
  const auto ipi = [&](u64 at, u32 icr) {
    rig->put(at, {0x66,
                  0xb9,
                  0x30,
                  0x08,
                  0,
                  0,
                  0x66,
                  0xba,
                  1,
                  0,
                  0,
                  0,
                  0x66,
                  0xb8,
                  static_cast<u8>(icr),
                  static_cast<u8>(icr >> 8),
                  static_cast<u8>(icr >> 16),
                  0,
                  0x0f,
                  0x30});
  };
  ipi(IrqchipRig::kProgram, 0x4500);
  ipi(IrqchipRig::kProgram + 20, 0x4606);
  rig->put(IrqchipRig::kProgram + 40, {kHlt, 0xeb, 0xfd});
  rig->put(0x6000, {0xba, 0x09, 0x05, 0xee, kHlt, 0xeb, 0xfd});
  rig->load(0, rig->start(false));
  rig->load(1, resetState(false));
  rig->enableApic(0, true);
  EXPECT_EQ(rig->state(1).activity, Activity::WaitForSipi);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(9, 1));
  rig->stop();
  EXPECT_EQ(rig->state(1).segment[kSegCs].base, 0x6000u);
}

// KVM API 7.13: HLT is the processor's own, and PAUSE.
TEST_F(Irqchip, ItsHltNeedNotLeaveGuestMode) {
  auto system = kvm::System::open();
  ASSERT_TRUE(system);
  const u64 can = static_cast<u64>(system->extension(KVM_CAP_X86_DISABLE_EXITS));
  if ((can & 6) != 6) GTEST_SKIP() << "this KVM cannot leave HLT and PAUSE to the guest";
  EXPECT_TRUE(rig->engine->caps().features.has(Feature::KvmPvUnhalt));
  rig = std::make_unique<IrqchipRig>(
      1, kvm::KvmSettings{.irqchip = kvm::IrqchipMode::Split, .keptExits = {.names = {"hlt", "pause"}}});
  EXPECT_FALSE(rig->engine->caps().features.has(Feature::KvmPvUnhalt));
  EXPECT_FALSE(rig->engine->caps().exactStep);
  waitInLoop();
  rig->handler(0x41, 1);
  rig->load(0, rig->start(true));
  rig->enableApic(0, false);
  for (size_t i = 1; i <= 20; ++i) {
    rig->go();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    rig->bus.sendMsi({kMsiBase, 0x41});
    ASSERT_TRUE(rig->log.waitFor(1, i)) << i;
    rig->stop();
    rig->cpus[0]->apic->mmio().write(0, 0xb0, 4, 0);  // end of interrupt
  }
}

class WholeIrqchip : public Irqchip {
 protected:
  void SetUp() override {
    Irqchip::SetUp();
    if (rig) rig = std::make_unique<IrqchipRig>(1, kvm::KvmSettings{.irqchip = kvm::IrqchipMode::On});
  }
  // ICW1 to ICW4 of the master: vectors from 48h, all inputs open; automatic EOI.
  void programPic() {
    rig->pic8259.write(hw::Pic8259::kMaster, 0, 1, 0x11);
    for (const u64 icw : {0x48, 0x04, 0x03, 0x00}) rig->pic8259.write(hw::Pic8259::kMaster, 1, 1, icw);
  }
};

TEST_F(WholeIrqchip, EdgesReachThe8259) {
  waitInLoop();
  rig->handler(0x4b, 3);
  programPic();
  rig->load(0, rig->start(true));
  rig->enableApic(0, false);
  rig->cpus[0]->apic->mmio().write(0, 0x350, 4, 0x700);  // LINT0: ExtINT
  for (size_t i = 1; i <= 50; ++i) {
    if (i % 10 == 1) rig->go();
    rig->pic8259.setIrqLevel(3, false);
    rig->pic8259.setIrqLevel(3, true);
    ASSERT_TRUE(rig->log.waitFor(3, i)) << i;
    if (i % 10 == 0) rig->stop();
  }
}

TEST_F(WholeIrqchip, ChipsComeBackFromTheKernel) {
  waitInLoop();
  programPic();
  rig->pic8259.setIrqLevel(1, true);
  rig->pic8259.setIrqLevel(12, true);
  rig->pic8259.write(hw::Pic8259::kElcr, 1, 1, 0x0e);
  const auto entry = [&](unsigned pin, u64 value) {
    for (unsigned half = 0; half < 2; ++half) {
      rig->ioApic.write(0, 0, 4, 0x10 + 2 * pin + half);
      rig->ioApic.write(0, 0x10, 4, (value >> (32 * half)) & 0xffffffff);
    }
  };
  entry(4, 0x0100'0000'0001'0934);
  entry(9, 0x0200'0000'0001'a031);
  rig->ioApic.setIrqLevel(4, true);
  rig->ioApic.setIrqLevel(9, true);
  const auto pic = rig->pic8259.saveState();
  const auto ioApic = rig->ioApic.saveState();
  rig->load(0, rig->start(false));
  runAndStop();
  EXPECT_EQ(rig->pic8259.saveState(), pic);
  EXPECT_EQ(rig->ioApic.saveState(), ioApic);
}

TEST_F(WholeIrqchip, ALevelInterruptComesAgainAfterItsEnd) {
  waitInLoop();
  rig->handler(0x31, 2, true);
  rig->load(0, rig->start(true));
  rig->enableApic(0, true);
  for (const u64 value : {0x10 + 2 * 9, 0x8031}) rig->ioApic.write(0, value == 0x8031 ? 0x10 : 0, 4, value);
  rig->go();
  rig->ioApic.setIrqLevel(9, true);
  EXPECT_TRUE(rig->log.waitFor(2, 10));
  rig->stop();
  const size_t before = rig->log.count(2);
  rig->go();
  EXPECT_TRUE(rig->log.waitFor(2, before + 10));
  rig->ioApic.setIrqLevel(9, false);
}

}  // namespace
}  // namespace duet::test
