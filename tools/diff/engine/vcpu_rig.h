// A processor without a machine: RAM for the cases' pages, no device, no interrupt.
#pragma once

#include <functional>
#include <memory>

#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::diff {

using BackendFactory = std::function<Result<std::unique_ptr<CpuBackend>>(mmu::Ram&)>;

// No interrupt ever comes, and there is no local APIC to be seen.
class NoInterrupts : public LocalInterruptController, IoHandler {
 public:
  bool deliverable() override { return false; }
  int acknowledge() override { return -1; }
  u8 taskPriority() override { return taskPriority_; }
  void setTaskPriority(u8 cr8) override { taskPriority_ = cr8; }
  MsrAccess readMsr(u32, u64&) override { return MsrAccess::NotMine; }
  MsrAccess writeMsr(u32, u64) override { return MsrAccess::NotMine; }
  std::optional<Gpa> mmioPage() override { return {}; }
  IoHandler& mmio() override { return *this; }
  u32 apicId() override { return 0; }
  bool sendIpi(u32, u32) override { return false; }
  bool unhalt(u32) override { return false; }
  void initReset() override {}

 private:
  u64 read(unsigned, u64, unsigned) override { return ~u64{0}; }
  void write(unsigned, u64, unsigned, u64) override {}

  u8 taskPriority_ = 0;
};

// Order of use: map() the pages, then start(), then `vcpu`.
class VcpuRig {
 public:
  // `cpu` as -cpu takes it. RAM of `size` bytes, zeroed.
  static Result<std::unique_ptr<VcpuRig>> make(const BackendFactory& factory, std::string_view cpu, u64 size);

  // Guest-physical [base, base+size) is RAM at `offset`; both multiples of 4096.
  Result<> map(u64 base, u64 size, u64 offset, bool writable);
  Result<> start();

  u8* at(u64 offset) { return block_->host + offset; }
  u64 size() const { return block_->size; }
  // Bytes of RAM were changed from outside the vCPU.
  void wrote(const u8* host, u64 length) { ram_.noteWrite(host, length); }
  const CpuModel& model() const { return *model_; }
  Vcpu& vcpu() { return *vcpu_; }

 private:
  VcpuRig() = default;

  mmu::Ram ram_;
  const RamBlock* block_ = nullptr;
  AddressSpace physical_{"memory", u64{1} << 40};
  AddressSpace ports_{"ports", 0x10000};
  mmu::GuestMemoryView memory_{physical_, ram_};
  VcpuMailbox mailbox_;
  NoInterrupts interrupts_;
  VirtualClock clock_;
  std::unique_ptr<CpuModel> model_;
  std::unique_ptr<CpuBackend> engine_;
  std::unique_ptr<Vcpu> vcpu_;
};

}  // namespace duet::diff
