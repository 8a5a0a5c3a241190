// A minimal machine around one engine: RAM, ROM, recording ports, a scripted interrupt controller.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::test {

using EngineFactory = std::function<std::unique_ptr<CpuBackend>(mmu::Ram&)>;

// Vectors in the order they were raised; all of one priority.
class FakeInterrupts final : public LocalInterruptController, IoHandler {
 public:
  explicit FakeInterrupts(VcpuMailbox& mailbox) : mailbox_(mailbox) {}
  void raise(u8 vector);

  bool deliverable() override { return !vectors_.empty(); }
  int acknowledge() override;
  u8 taskPriority() override {
    if (meanwhile) meanwhile();
    return taskPriority_;
  }
  void setTaskPriority(u8 cr8) override { taskPriority_ = cr8; }
  MsrAccess readMsr(u32, u64&) override { return MsrAccess::NotMine; }
  MsrAccess writeMsr(u32, u64) override { return MsrAccess::NotMine; }
  std::optional<Gpa> mmioPage() override { return {}; }
  IoHandler& mmio() override { return *this; }
  u32 apicId() override { return 0; }
  bool sendIpi(u32, u32) override { return false; }
  bool unhalt(u32) override { return false; }
  void initReset() override { ++inits; }

  int inits = 0;
  std::function<void()> meanwhile;  // what others do while the vCPU reads CR8

 private:
  u64 read(unsigned, u64, unsigned) override { return ~u64{0}; }
  void write(unsigned, u64, unsigned, u64) override {}

  VcpuMailbox& mailbox_;
  std::deque<u8> vectors_;
  u8 taskPriority_ = 0;
};

struct IoAccess {
  bool write;
  u64 offset;
  unsigned size;
  u64 value;
  bool operator==(const IoAccess&) const = default;
};

// Remembers every access; reads answer bytes counting up from 0xa0 + offset.
class RecordingDevice final : public IoHandler {
 public:
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;
  std::vector<IoAccess> accesses;
};

class EngineRig {
 public:
  static constexpr u64 kRamSize = 8u << 20;
  static constexpr u64 kRomBase = 0xf0000, kRomSize = 0x10000;
  static constexpr u64 kMmioBase = 0xd0000;
  static constexpr u16 kPortBase = 0x500;
  static constexpr u64 kBudget = 100000, kNoBudget = ~u64{0};

  // `cpu` as -cpu takes it; `budget` is what run() has when a case does not say: an engine that counts may run another way
  // when it need not.
  explicit EngineRig(const EngineFactory& factory, std::string_view cpu = "max", u64 budget = kBudget,
                     const EngineFactory& second = {});
  // Another engine on the same machine: by `second`, else of the same kind.
  Vcpu& second();
  // Processor 1 of the first engine, with the same mailbox: for what is not the boot processor's.
  Vcpu& applicationProcessor();

  void put(u64 address, std::initializer_list<u8> bytes);
  template <class T>
  void putWord(u64 address, T value) {
    memory.store(Gpa(address), value);
  }
  template <class T>
  T word(u64 address) {
    T v{};
    memory.load(Gpa(address), v);
    return v;
  }
  // Real mode at 0000:ip with a stack below 0x8000.
  CpuState realMode(u16 ip);
  void load(const CpuState& state);
  CpuState state();
  VcpuExit run() { return vcpu->run({budget_}); }
  VcpuExit run(u64 budget) { return vcpu->run({budget}); }
  // Real-mode vector to 0000:ip.
  void vector(u8 n, u16 ip) { putWord<u32>(u64{n} * 4, ip); }

  mmu::Ram ram;
  AddressSpace physical{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VcpuMailbox mailbox;
  FakeInterrupts interrupts{mailbox};
  VirtualClock clock;
  RecordingDevice device;
  std::unique_ptr<CpuModel> model;
  std::unique_ptr<CpuBackend> engine, otherEngine;
  std::unique_ptr<Vcpu> vcpu, otherVcpu, application;
  const RamBlock* rom = nullptr;

 private:
  VcpuEnv env(unsigned index = 0) {
    return {index, memory, physical, ports, interrupts, mailbox, clock, *model};
  }
  EngineFactory factory_;
  u64 budget_;
};

}  // namespace duet::test
