// A small machine for hostile guests: 2 MiB of RAM, ROM, devices that answer by a hash and raise interrupts, two
// vCPUs of one engine that take turns on one mailbox. Made once, emptied for each input.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "core/bus/address_space.h"
#include "core/cpu/cpu_backend.h"
#include "cpu-tcg/interp/compiled_tier.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::fuzz {

// Vectors in the order they were raised. Its registers lie at kApicPage of FuzzMachine.
class FuzzInterrupts final : public LocalInterruptController, IoHandler {
 public:
  explicit FuzzInterrupts(VcpuMailbox& mailbox) : mailbox_(mailbox) {}
  void raise(u8 vector);
  void clear();

  bool deliverable() override { return !vectors_.empty(); }
  int acknowledge() override;
  u8 taskPriority() override { return taskPriority_; }
  void setTaskPriority(u8 cr8) override { taskPriority_ = cr8; }
  MsrAccess readMsr(u32 index, u64& value) override;
  MsrAccess writeMsr(u32 index, u64 value) override;
  std::optional<Gpa> mmioPage() override;
  IoHandler& mmio() override { return *this; }
  u32 apicId() override { return 0; }
  bool sendIpi(u32 destination, u32 icrLow) override;  // those for itself arrive
  bool unhalt(u32) override { return false; }
  void initReset() override {}

 private:
  u64 read(unsigned, u64 offset, unsigned size) override;
  void write(unsigned, u64 offset, unsigned size, u64 value) override;

  VcpuMailbox& mailbox_;
  std::deque<u8> vectors_;
  u8 taskPriority_ = 0;
};

// What devices answer follows from all accesses before: two runs that differ in one access differ from there on.
class HashDevice final : public IoHandler {
 public:
  u64 hash = 0;
  // Called after some writes, with a number that says what is to happen.
  std::function<void(u64)> effect;

 private:
  u64 read(unsigned range, u64 offset, unsigned size) override;
  void write(unsigned range, u64 offset, unsigned size, u64 value) override;
};

class FuzzMachine {
 public:
  static constexpr u64 kRamSize = 2u << 20;
  static constexpr u64 kDevicePage = 0xd0000, kApicPage = 0xd2000, kShadowPage = 0xd4000;
  static constexpr u64 kRomBase = 0xe0000, kRomSize = 0x10000;

  // Interprets, or has its guests run by a tier.
  explicit FuzzMachine(const tcg::TierFactory& tier);
  // RAM zero, devices and interrupts as at first.
  void clear();
  // Into RAM, past the address map.
  template <class T>
  void put(u64 address, T value) {
    putBytes(address, {reinterpret_cast<const u8*>(&value), sizeof value});
  }
  void putBytes(u64 address, std::span<const u8> bytes);
  const u8* page(u64 number) const { return ramBlock->host + number * kPageSize; }

  mmu::Ram ram;
  const RamBlock* ramBlock = nullptr;
  AddressSpace physical{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VcpuMailbox mailbox;
  FuzzInterrupts interrupts{mailbox};
  VirtualClock clock{VirtualClock::Kind::Counted};
  HashDevice device;
  std::unique_ptr<CpuModel> model;
  std::unique_ptr<CpuBackend> engine;
  std::unique_ptr<Vcpu> vcpus[2];

 private:
  void deviceEffect(u64 what);
  void showShadow(bool on);
  MapId shadow_ = 0;
  bool shadowShown_ = false;
};

}  // namespace duet::fuzz
