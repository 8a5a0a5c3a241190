// A vCPU with RAM of its own and no machine: plays segments that another one has led.
#pragma once

#include "tools/diff/engine/vcpu_rig.h"
#include "tools/diff/lockstep/replayer.h"

namespace duet::diff::lockstep {

// Threads: one.
class Follower {
 public:
  // RAM blocks as in `like`, all zero. `clock` outlives it.
  static Result<std::unique_ptr<Follower>> make(const BackendFactory& factory, const SeatPlan& plan,
                                                const mmu::Ram& like, VirtualClock& clock);

  // From here on. RAM is the caller's business, and is put right after this: a vCPU that is loaded may write areas of
  // paravirtual time. Whoever changes RAM tells it by noteWrite().
  Result<> load(const CpuState& state, const MemoryMap& map, bool ferr);
  // The first `steps` of the segment; no more than it has.
  VcpuExit play(const Segment& segment, u64 steps);
  // How the last play() left the track; empty: it did not.
  const std::string& divergence() const { return replayer_.divergence(); }
  size_t entriesUsed() const { return replayer_.position(); }

  mmu::Ram& ram() { return ram_; }
  Vcpu& vcpu() { return *vcpu_; }
  const MemoryMap& map() const { return map_; }
  FeatureSet features() const { return engine_->caps().features; }

 private:
  Follower();
  void changeMap(const MemoryMap& map);

  mmu::Ram ram_;
  MemoryMap map_;
  Replayer replayer_;
  std::unique_ptr<Seat> seat_;
  std::unique_ptr<CpuBackend> engine_;
  std::unique_ptr<Vcpu> vcpu_;
};

// Brings mail as the leading vCPU got it.
void postMail(VcpuMailbox& to, const Segment& segment);

}  // namespace duet::diff::lockstep
