// A small machine with real interrupt chips, its local APICs in the kernel while it runs: real-mode programs.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "cpu-kvm/vcpu/kvm_backend.h"
#include "hw/irq/io_apic.h"
#include "hw/irq/irq_router.h"
#include "hw/irq/local_apic.h"
#include "hw/irq/pic8259.h"
#include "hw/timer/pit8254.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::test {

// Remembers what was written to it.
class WriteLog final : public IoHandler {
 public:
  u64 read(unsigned, u64, unsigned) override { return 0; }
  void write(unsigned, u64 offset, unsigned, u64) override;
  size_t count(u64 offset) const;
  // Waits until `offset` was written so often; false after some seconds.
  bool waitFor(u64 offset, size_t times) const;

 private:
  mutable std::mutex mutex_;
  std::vector<u64> offsets_;
};

class FixedVector final : public hw::ExternalInterruptSource {
 public:
  int acknowledgeExternal() override;
  int vector = 0x48;
  std::function<void()> acknowledged = [] {};
};

class IrqchipRig {
 public:
  static constexpr u16 kPort = 0x500;
  static constexpr u64 kRamSize = 8u << 20, kProgram = 0x7000;

  struct Cpu {
    VcpuMailbox mailbox;
    std::unique_ptr<hw::LocalApic> apic;
    std::unique_ptr<Vcpu> vcpu;
    std::thread thread;
    VcpuExit exit;
  };

  // Throws what is missing where this host's KVM has no split chips.
  explicit IrqchipRig(unsigned cpus = 1, kvm::KvmSettings settings = {.irqchip = kvm::IrqchipMode::Split});
  ~IrqchipRig();

  void put(u64 address, std::initializer_list<u8> bytes);
  // A handler that writes to kPort + `offset`, ends the interrupt in x2APIC mode if asked to, and goes back.
  void handler(u8 vector, u8 offset, bool endOfInterrupt = false);
  // Real mode at kProgram, IF as asked.
  CpuState start(bool interrupts);
  void load(unsigned cpu, const CpuState& state);
  void enableApic(unsigned cpu, bool x2apic);
  // Runs every vCPU in a thread of its own until stop().
  void go();
  void stop();
  CpuState state(unsigned cpu);

  mmu::Ram ram;
  AddressSpace physical{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VirtualClock clock;
  TimerQueue timers{clock};
  hw::ApicBus bus;
  hw::IoApic ioApic{bus, &bus};
  hw::Pic8259 pic8259{IrqLine(bus, hw::ApicBus::kLint0)};  // connected where its chip is the kernel's
  hw::IrqRouter router{pic8259, ioApic};
  hw::Pit8254 pit{router.line(0), timers};  // the same
  WriteLog log;
  FixedVector pic;
  std::unique_ptr<CpuModel> model;
  std::unique_ptr<kvm::KvmBackend> engine;
  std::vector<std::unique_ptr<Cpu>> cpus;
  const RamBlock* block = nullptr;
};

}  // namespace duet::test
