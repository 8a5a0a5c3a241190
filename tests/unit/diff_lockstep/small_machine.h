// A machine of one processor with RAM, one scripted device and interrupts, in lock step.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "core/bus/address_space.h"
#include "mmu/ram/guest_memory_view.h"
#include "tools/diff/lockstep/lockstep_backend.h"

namespace duet::diff::lockstep::test {

inline constexpr u16 kPort = 0x500;  // 16 ports of the device
inline constexpr u64 kRamSize = 1u << 20;

// Vectors in the order they are raised.
class Interrupts final : public NoInterrupts {
 public:
  explicit Interrupts(VcpuMailbox& mailbox) : mailbox_(mailbox) {}
  void raise(u8 vector) {
    vectors_.push_back(vector);
    mailbox_.post(kMailInterrupt);
  }
  bool deliverable() override { return !vectors_.empty(); }
  int acknowledge() override {
    if (vectors_.empty()) return -1;
    const u8 vector = vectors_.front();
    vectors_.pop_front();
    return vector;
  }

 private:
  VcpuMailbox& mailbox_;
  std::deque<u8> vectors_;
};

class Device final : public IoHandler {
 public:
  std::function<u64(u64 port)> onRead = [](u64) { return u64{0}; };
  std::function<void(u64 port, u64 value)> onWrite = [](u64, u64) {};

 private:
  u64 read(unsigned, u64 offset, unsigned) override { return onRead(offset); }
  void write(unsigned, u64 offset, unsigned, u64 value) override { onWrite(offset, value); }
};

Result<std::unique_ptr<CpuBackend>> sound(mmu::Ram& ram);

struct SmallMachine {
  // `code` at 0:1000h in real mode; interrupt vectors lead to an IRET at 0:0F00h.
  explicit SmallMachine(std::initializer_list<u8> code, BackendFactory right = sound,
                        BackendFactory left = sound, u64 every = 7, u64 checkpoint = 50);

  VcpuExit run(u64 steps = 100'000) { return vcpu->run({steps}); }
  // Ends at HLT without a difference; the state there.
  CpuState runToHalt();
  const FirstDifference& difference() { return *report.difference; }

  mmu::Ram ram;
  const RamBlock* main;
  AddressSpace physical{"memory", u64{1} << 40}, ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VcpuMailbox mailbox;
  Interrupts interrupts{mailbox};
  Device device;
  VirtualClock clock{VirtualClock::Kind::Counted};
  std::unique_ptr<CpuModel> model;
  LockstepReport report;
  std::unique_ptr<LockstepBackend> engine;
  std::unique_ptr<Vcpu> vcpu;
};

}  // namespace duet::diff::lockstep::test
