// The following side's seam: what the leading side was told, as long as the same is asked.
#pragma once

#include <functional>

#include "tools/diff/lockstep/seat.h"

namespace duet::diff::lockstep {

class Replayer final : public Seam {
 public:
  struct Effects {
    std::function<void(const RamWritten&)> ram;
    std::function<void(const MemoryMap&)> map;
    std::function<void()> diverged;  // the vCPU shall stop soon
  };
  explicit Replayer(Effects effects) : effects_(std::move(effects)) {}

  // Entries before the first call take effect now. The segment stays alive until end().
  void begin(const Segment& segment);
  // `whole`: the vCPU went as far as the leading one, so nothing may be left.
  void end(bool whole);

  Answer call(const Call& call) override;
  const Standing& standing() override { return standing_; }

  // How the follower left the track, since the last begin(); empty: it did not.
  const std::string& divergence() const { return divergence_; }
  size_t position() const { return next_; }  // entries used up

 private:
  void takeEffects();
  void diverge(std::string how);

  const Effects effects_;
  const Segment* segment_ = nullptr;
  size_t next_ = 0;
  Standing standing_;
  std::string divergence_;
};

}  // namespace duet::diff::lockstep
