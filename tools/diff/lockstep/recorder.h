// The leading side's seam: the machine answers, and everything is written down.
#pragma once

#include "tools/diff/lockstep/seat.h"

namespace duet::diff::lockstep {

// Threads: the leading vCPU's; ramWritten and mapChanged from any, as long as no vCPU runs meanwhile.
class Recorder final : public Seam {
 public:
  // `board`: what the machine made the vCPU with.
  Recorder(const VcpuEnv& board, mmu::Ram& ram);

  // What happens from now on belongs to `segment`, until end(). What came since the last one is put at its front.
  void begin(Segment& segment);
  void end();
  void forget();  // what came since the last one

  Answer call(const Call& call) override;
  const Standing& standing() override { return standing_; }

  // A device or loader moved data; `host` is in RAM. While the vCPU itself runs, it is the vCPU that writes.
  void ramWritten(const u8* host, u64 length);
  void mapChanged(std::shared_ptr<const MemoryMap> map);
  std::shared_ptr<const MemoryMap> currentMap() const;

 private:
  Answer ask(const Call& call);
  Standing look() const;
  void add(Entry entry);

  const VcpuEnv board_;
  mmu::Ram& ram_;
  Standing standing_;
  Segment* segment_ = nullptr;
  unsigned depth_ = 0;  // of calls: a device's write may lead to another's
  std::vector<Entry> between_;
};

}  // namespace duet::diff::lockstep
