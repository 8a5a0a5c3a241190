// The whole interrupt fabric under several threads: nothing may deadlock, and the thread sanitizer sees every
// pair of locks in both orders there are.
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "core/cpu/registers.h"
#include "hw/irq/io_apic.h"
#include "hw/irq/irq_router.h"
#include "hw/irq/local_apic.h"
#include "hw/irq/pic8259.h"

namespace duet::hw {
namespace {

TEST(InterruptFabric, StormOfEverything) {
  VirtualClock clock{VirtualClock::Kind::Counted};
  TimerQueue timers{clock};
  ApicBus bus;
  VcpuMailbox mail[2];
  LocalApic a({.id = 0, .bootProcessor = true}, bus, mail[0], timers);
  LocalApic b({.id = 1, .bootProcessor = false}, bus, mail[1], timers);
  IoApic io(bus);
  bus.attach(io);
  Pic8259 pic{IrqLine(bus, ApicBus::kLint0)};
  IrqRouter router(pic, io);
  LocalApic* apics[] = {&a, &b};
  for (LocalApic* apic : apics) {
    bus.attach(*apic);
    apic->setExternalSource(&pic);
    apic->mmio().write(0, 0xf0, 4, 0x1ff);
    apic->mmio().write(0, 0x350, 4, 0x700);
  }
  for (u32 pin = 0; pin < 24; ++pin) {
    io.write(0, 0, 4, 0x10 + 2 * pin);
    io.write(0, 0x10, 4, (0x30 + pin) | (pin & 1 ? 0x8000u : 0u));
  }
  std::atomic<u64> taken = 0;
  std::vector<std::thread> threads;
  for (unsigned cpu = 0; cpu < 2; ++cpu) {
    threads.emplace_back([&, cpu] {
      std::mt19937 random(cpu);
      for (int i = 0; i < 20000; ++i) {
        LocalApic& apic = *apics[cpu];
        if (apic.deliverable() && apic.acknowledge() >= 0) ++taken;
        apic.mmio().write(0, 0xb0, 4, 0);
        pic.write(i & 1, 0, 1, 0x20);
        if (i % 8 == 0) apic.mmio().write(0, 0x310, 4, random() << 24 & 0x01000000);
        if (i % 8 == 1) apic.mmio().write(0, 0x300, 4, 0x4020 + random() % 0xc0 + (random() % 4 << 18));
        if (i % 64 == 2) apic.mmio().write(0, 0x380, 4, 1000 + random() % 1000);
      }
    });
  }
  threads.emplace_back([&] {
    std::mt19937 random(7);
    for (int i = 0; i < 20000; ++i) router.setIrqLevel(static_cast<unsigned>(random() % 48), random() % 2);
  });
  for (int i = 0; i < 500; ++i) {
    clock.advanceTo(clock.now() + 1000);
    timers.runDue();
  }
  for (std::thread& t : threads) t.join();
  EXPECT_GT(taken.load(), 0u);
}

}  // namespace
}  // namespace duet::hw
