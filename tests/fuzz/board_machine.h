// The whole board with one vCPU for fuzzers: single-threaded, on a counted clock, made afresh for each input.
#pragma once

#include <memory>
#include <vector>

#include "core/time/timer_queue.h"
#include "cpu-tcg/interp/tcg_backend.h"
#include "hw/board/pc_board.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"

namespace duet::fuzz {

// A host side that swallows what the guest writes, and into which bytes can be put.
class SinkChar final : public CharBackend {
 public:
  void write(std::span<const u8> data) override { written += data.size(); }
  void setReceiver(Receiver receiver) override { receiver_ = std::move(receiver); }
  void resumeInput() override {}
  void start() override {}
  void flush() override {}
  void type(std::span<const u8> data) {
    if (receiver_) receiver_(data);
  }
  u64 written = 0;

 private:
  Receiver receiver_;
};

class BoardMachine {
 public:
  static constexpr u64 kRamSize = 2u << 20, kBiosSize = 0x20000;
  static constexpr u64 kCode = 0x8000, kHandler = 0x1000;

  BoardMachine(bool withBios, const tcg::TierFactory& tier);

  // What the machine does for a reset: devices, then the vCPU in real mode with 4 GiB data segments.
  void reset();
  // The reset, or the end of S3, that the guest has asked for.
  void resetIfAsked();
  // Lets time pass, firing at most so many timers as a fast guest could watch.
  void pass(Nanoseconds duration);
  // The vCPU runs; time goes on by what it did.
  VcpuExit run(u64 steps);
  // One instruction at kCode with these registers, then a loop there.
  void execute(std::span<const u8> instruction, u32 address, u32 value, u32 count);
  // Each device's saved state, in order; loading it again must change nothing.
  std::vector<std::vector<u8>> saveDevices();
  void reloadDevices();
  CpuState state();

  mmu::Ram ram;
  AddressSpace physical{"memory", u64{1} << 40};
  AddressSpace ports{"ports", 0x10000};
  mmu::GuestMemoryView memory{physical, ram};
  VirtualClock clock{VirtualClock::Kind::Counted};
  TimerQueue timers{clock};
  SinkChar serial;
  const RamBlock* mainRam = nullptr;
  std::unique_ptr<CpuModel> model;
  std::unique_ptr<CpuBackend> engine;
  std::unique_ptr<hw::PcBoard> board;
  std::vector<std::unique_ptr<Device>> devices;
  std::unique_ptr<Vcpu> vcpu;

 private:
  void makeBoard(const RamBlock* bios);
  void addOptionalDevices();
  void restart();  // the vCPU and its program
  bool resetAsked_ = false, wakeAsked_ = false;
};

}  // namespace duet::fuzz
