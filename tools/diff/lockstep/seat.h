// The surroundings of one vCPU that is led or follows: looks like a machine, and brings every question to one place.
#pragma once

#include <memory>

#include "core/cpu/cpu_backend.h"
#include "mmu/ram/guest_memory_view.h"
#include "mmu/ram/ram.h"
#include "tools/diff/lockstep/crossing.h"

namespace duet::diff::lockstep {

// Who answers: the machine itself (recorder.h) or what it answered once (replayer.h). Threads: the vCPU's.
class Seam {
 public:
  virtual ~Seam() = default;
  virtual Answer call(const Call& call) = 0;
  virtual const Standing& standing() = 0;
};

// What a seat looks like and does not change. References outlive the seat.
struct SeatPlan {
  unsigned index = 0;
  u32 apicId = 0;
  bool smm = false, fpuError = false;
  const CpuModel& model;
  u64 memorySize = 0;  // of the address space
};

// Threads: one, but the mailbox any.
class Seat {
 public:
  // `seam`, `ram` and `clock` outlive the seat.
  static Result<std::unique_ptr<Seat>> make(const SeatPlan& plan, Seam& seam, mmu::Ram& ram,
                                            VirtualClock& clock);
  ~Seat();

  VcpuEnv env();
  VcpuMailbox& mailbox() { return mailbox_; }
  // What the vCPU last drove FERR# to; no part of its state.
  bool ferr() const;
  void setFerr(bool asserted);
  // The engine is to be told by whoever calls.
  Result<> setMap(const MemoryMap& map);

 private:
  class Devices;
  class Interrupts;
  class Pins;

  Seat(const SeatPlan& plan, Seam& seam, mmu::Ram& ram, VirtualClock& clock);

  const SeatPlan plan_;
  Seam& seam_;
  mmu::Ram& ram_;
  VirtualClock& clock_;
  AddressSpace physical_, ports_;
  std::unique_ptr<AddressSpace> smmCode_, smmData_;
  std::unique_ptr<SmmMemory> smm_;
  mmu::GuestMemoryView memory_;
  VcpuMailbox mailbox_;
  std::unique_ptr<Devices> memoryDevices_, portDevices_;
  std::unique_ptr<Interrupts> interrupts_;
  std::unique_ptr<Pins> pins_;
  std::vector<MappedSpace> spaces_;
};

}  // namespace duet::diff::lockstep
