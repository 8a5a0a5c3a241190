// One vCPU of the machine: the leading one on the machine's devices, and the following one beside it.
#pragma once

#include "tools/diff/lockstep/lockstep_backend.h"
#include "tools/diff/lockstep/recorder.h"

namespace duet::diff::lockstep {

class LockstepVcpu final : public Vcpu {
 public:
  static Result<std::unique_ptr<LockstepVcpu>> make(const VcpuEnv& board, mmu::Ram& ram, CpuBackend& left,
                                                    const LockstepSettings& settings, LockstepReport& report);
  ~LockstepVcpu() override;

  VcpuExit run(const RunBudget& budget) override;
  VcpuExit step(StepEvents events) override;
  void requestExit() override { board_.mailbox.post(kMailExit); }
  void saveState(CpuState& out) override { leader_->saveState(out); }
  Result<> loadState(const CpuState& in) override;
  void setDebug(const DebugControls& controls) override { leader_->setDebug(controls); }
  std::optional<Gpa> translate(LinearAddr address) override { return leader_->translate(address); }

  void memoryMapChanged();

 private:
  using Clock = std::chrono::steady_clock;

  LockstepVcpu(const VcpuEnv& board, mmu::Ram& ram, CpuBackend& left, const LockstepSettings& settings,
               LockstepReport& report);
  Result<> build();
  SeatPlan seatPlan() const;

  // Leads and follows one segment; nothing is left to do when it says why the run ends.
  std::optional<VcpuExit> advance(u64 steps, std::optional<StepEvents> single);
  VcpuExit lead(Segment& segment, u64 steps, std::optional<StepEvents> single);
  void count(const Segment& segment, const VcpuExit& exit);
  VcpuExit cancelled();
  VcpuExit rest();
  void takeMail(Segment& segment);
  u64 stretch(u64 most);  // steps until the next comparison
  std::string outOfStep(const VcpuExit& left, const VcpuExit& right) const;
  bool compare();   // true: alike
  Result<> meet();  // makes the follower what the leader is
  void checkpoint();
  VcpuExit differ(const std::string& how);

  const VcpuEnv board_;
  mmu::Ram& ram_;
  CpuBackend& left_;
  const LockstepSettings& settings_;
  LockstepReport& report_;

  Recorder recorder_;
  std::unique_ptr<Seat> seat_;
  std::unique_ptr<Vcpu> leader_;
  std::unique_ptr<Follower> follower_;
  const std::function<void()> kick_;
  Journal journal_;
  PageSet written_;          // by either side, since the checkpoint
  u64 sinceComparison_ = 0;  // steps
  bool meeting_ = true;      // the follower knows nothing yet
  CpuState leftState_, rightState_;
  VcpuExit total_;  // of the present run()
};

}  // namespace duet::diff::lockstep
