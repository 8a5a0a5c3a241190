// Two engines as one: a machine runs on it like on any engine, while every step is done twice and compared.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>

#include "core/cpu/cpu_backend.h"
#include "tools/diff/compare/listing.h"
#include "tools/diff/engine/vcpu_rig.h"
#include "tools/diff/lockstep/bisection.h"

namespace duet::diff::lockstep {

struct LockstepSettings {
  std::string leftName, rightName;
  BackendFactory left, right;   // of engines that count steps exactly
  u64 every = 10'000;           // compare after so many steps
  bool blocks = false;          // compare after each stretch of code without a branch instead
  u64 checkpoint = 20'000'000;  // steps from one checkpoint to the next
  u64 mostSteps = ~u64{0};      // then it goes no further, and waits to be ended
};

// What came of it. Written by the vCPU's thread; read when the machine has ended.
struct LockstepReport {
  Decoder decoder;             // the guest's processor
  std::atomic<u64> steps = 0;  // read by others while it runs
  u64 instructions = 0;
  u64 comparisons = 0, checkpoints = 0, calls = 0, deviceWrites = 0;
  double seconds = 0, leftSeconds = 0, rightSeconds = 0;  // of all: that of the two engines
  double bisectSeconds = 0;
  std::atomic<bool> enough = false;  // mostSteps were done
  std::optional<FirstDifference> difference;
};

// The left engine leads: it has the machine's devices. The right one has RAM of its own and is given what the left one read.
// For machines with one vCPU and counted time (deterministic=on). A difference ends the machine as an engine fault, with the
// details in the report. Threads: as CpuBackend.
class LockstepBackend final : public CpuBackend {
 public:
  // `ram` and `report` outlive it.
  static Result<std::unique_ptr<LockstepBackend>> make(mmu::Ram& ram, LockstepSettings settings,
                                                       LockstepReport& report);
  ~LockstepBackend() override;

  std::string_view name() const override { return "lockstep"; }
  EngineCaps caps() const override;
  Result<std::unique_ptr<Vcpu>> createVcpu(const VcpuEnv& env) override;
  void setActive(bool active) override { left_->setActive(active); }
  void memoryMapChanged() override;
  void codeModified(Gpa address, u64 length) override { left_->codeModified(address, length); }
  DirtyTracker* dirtyTracker() override { return nullptr; }
  EngineEvents* events() override { return nullptr; }

 private:
  LockstepBackend(mmu::Ram& ram, LockstepSettings settings, LockstepReport& report);

  mmu::Ram& ram_;
  const LockstepSettings settings_;
  LockstepReport& report_;
  std::unique_ptr<CpuBackend> left_;
  EngineCaps caps_;
  class LockstepVcpu* vcpu_ = nullptr;  // the machine's
};

}  // namespace duet::diff::lockstep
