// A whole PC with two processors that share counters, interrupt each other and take timer interrupts, and two engines.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "core/cpu/registers.h"
#include "core/machine/machine.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "hw/board/pc_board.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::test {

template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

constexpr u64 kRamSize = 4u << 20;
constexpr u32 kFirst = 0x1000, kSecond = 0x1100, kIpiHandler = 0x1200, kTimerHandler = 0x1240;
constexpr u64 kGdt = 0x3000, kIdt = 0x4000;
// Counters: LOCKed by both, by the first, by the second, IPIs the second took, timer interrupts the first took.
constexpr u64 kShared = 0x5000, kOwn1 = 0x5040, kOwn2 = 0x5080, kIpis = 0x50c0, kTicks = 0x5100;

class BusyPc {
 public:
  BusyPc() {
    model.setTopology({.sockets = 2});
    model.tscFrequency = clock.tscFrequency();
    must(board.build());
    for (auto& device : board.takeDevices()) machine.addDevice(std::move(device));
    for (unsigned i = 0; i < 2; ++i)
      machine.addVcpu(must(engine.createVcpu(board.vcpuEnv(i))), board.mailbox(i));
    board.addMemoryListener([this] {
      engine.memoryMapChanged();
      other.memoryMapChanged();
    });
    machine.setEngines(engine, {board.vcpuEnv(0), board.vcpuEnv(1)},
                       [this]() -> Result<CpuBackend*> { return &other; });
    machine.setBoot([this] { return boot(); });
    must(machine.start());
  }
  ~BusyPc() { timers.stop(); }

  u32 word(u64 address) {
    u32 v = 0;
    memory.load(Gpa(address), v);
    return v;
  }

  mmu::Ram ram;
  AddressSpace physical{"memory", u64{1} << 40}, ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VirtualClock clock;
  TimerQueue timers{clock};
  tcg::TcgBackend engine{ram}, other{ram};
  CpuModel model{must(CpuModel::parse("max", engine.caps().features))};
  const RamBlock* main = must(ram.addBlock("main", kRamSize));
  hw::PcBoard board{{.physical = physical,
                     .ports = ports,
                     .memory = memory,
                     .timers = timers,
                     .model = model,
                     .ram = main,
                     .bios = nullptr,
                     .serial = {},
                     .hooks = {}}};
  Machine machine{clock, timers, {.startPaused = true}};

 private:
  void put(u64 address, std::initializer_list<u8> bytes) {
    memory.write(Gpa(address), std::span(bytes.begin(), bytes.size()));
  }
  void gate(u8 vector, u32 handler) {
    const u64 value = (handler & 0xffff) | u64{8} << 16 | u64{0x8e00} << 32 | u64{handler >> 16} << 48;
    memory.store(Gpa(kIdt + 8 * vector), value);
  }

  // 32-bit code, flat segments, no paging.
  CpuState processor(bool first, u32 eip, u32 esp) {
    CpuState s = resetState(first);
    s.activity = Activity::Running;
    s.cr0 = kCr0Pe | kCr0Et | kCr0Ne;
    s.rip = eip;
    s.gpr[kRsp] = esp;
    s.segment[kSegCs] = {8, 0, 0xffffffff, 0xc09b};
    for (const SegmentIndex seg : {kSegEs, kSegSs, kSegDs}) s.segment[seg] = {16, 0, 0xffffffff, 0xc093};
    s.gdtr = {kGdt, 0x17};
    s.idtr = {kIdt, 0x7ff};
    return s;
  }

  Result<std::vector<CpuState>> boot() {
    memory.store(Gpa(kGdt + 8), u64{0x00cf9a000000ffff});
    memory.store(Gpa(kGdt + 16), u64{0x00cf92000000ffff});
    gate(0x30, kIpiHandler);
    gate(0x31, kTimerHandler);
    put(kFirst, {0xc7, 0x05, 0xf0, 0x00, 0xe0, 0xfe, 0xff, 0x01, 0x00, 0x00,   // APIC on
                 0xc7, 0x05, 0xe0, 0x03, 0xe0, 0xfe, 0x0b, 0x00, 0x00, 0x00,   // timer: divide by 1,
                 0xc7, 0x05, 0x20, 0x03, 0xe0, 0xfe, 0x31, 0x00, 0x02, 0x00,   // periodic, vector 31h,
                 0xc7, 0x05, 0x80, 0x03, 0xe0, 0xfe, 0x40, 0x0d, 0x03, 0x00,   // 200 us
                 0xfb,                                                         // sti
                 0xf0, 0xff, 0x05, 0x00, 0x50, 0x00, 0x00,                     // again: lock inc [shared]
                 0xff, 0x05, 0x40, 0x50, 0x00, 0x00,                           // inc [own]
                 0xc7, 0x05, 0x10, 0x03, 0xe0, 0xfe, 0x00, 0x00, 0x00, 0x01,   // IPI 30h to APIC 1
                 0xc7, 0x05, 0x00, 0x03, 0xe0, 0xfe, 0x30, 0x40, 0x00, 0x00,   //
                 0xeb, 0xdd});                                                 // jmp again
    put(kSecond, {0xc7, 0x05, 0xf0, 0x00, 0xe0, 0xfe, 0xff, 0x01, 0x00, 0x00,  // APIC on
                  0xfb,                                                        // sti
                  0xf0, 0xff, 0x05, 0x00, 0x50, 0x00, 0x00,                    // again: lock inc [shared]
                  0xff, 0x05, 0x80, 0x50, 0x00, 0x00,                          // inc [own]
                  0xf4,                                                        // hlt
                  0xeb, 0xf0});                                                // jmp again
    put(kIpiHandler, {0xff, 0x05, 0xc0, 0x50, 0x00, 0x00,                      // inc [ipis]
                      0xc7, 0x05, 0xb0, 0x00, 0xe0, 0xfe, 0, 0, 0, 0, 0xcf});  // EOI; iret
    put(kTimerHandler,
        {0xff, 0x05, 0x00, 0x51, 0x00, 0x00, 0xc7, 0x05, 0xb0, 0x00, 0xe0, 0xfe, 0, 0, 0, 0, 0xcf});
    for (const u64 counter : {kShared, kOwn1, kOwn2, kIpis, kTicks}) memory.store(Gpa(counter), u32{0});
    return std::vector{processor(true, kFirst, 0x8000), processor(false, kSecond, 0x9000)};
  }
};

struct Counters {
  u32 shared, own1, own2, ipis, ticks;
  explicit Counters(BusyPc& pc)
      : shared(pc.word(kShared)),
        own1(pc.word(kOwn1)),
        own2(pc.word(kOwn2)),
        ipis(pc.word(kIpis)),
        ticks(pc.word(kTicks)) {}
};

// Each processor may stand between its two increments.
inline void expectConsistent(BusyPc& pc) {
  const Counters c(pc);
  const u32 ahead = c.shared - (c.own1 + c.own2);
  EXPECT_LE(ahead, 2u) << c.shared << " by " << c.own1 << " and " << c.own2;
}

// Lets it run until everything has gone on; false after half a minute.
inline bool goOn(BusyPc& pc) {
  const Counters before(pc);
  const auto start = std::chrono::steady_clock::now();
  pc.machine.resume();
  bool moved = false;
  while (!moved && std::chrono::steady_clock::now() - start < std::chrono::seconds(30)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    const Counters now(pc);
    moved = now.own1 - before.own1 > 20 && now.own2 - before.own2 > 2 && now.ipis - before.ipis > 2 &&
            now.ticks != before.ticks;
  }
  pc.machine.pause();
  return moved;
}

}  // namespace duet::test
