// Makes a file of vectors from what an engine answers.
#pragma once

#include <atomic>
#include <functional>
#include <unordered_map>

#include "tools/diff/engine/engine.h"
#include "tools/diff/generate/generator.h"
#include "tools/diff/vectors/vector_file.h"

namespace duet::diff {

// How often a case must bring something new to be kept: the least number of vectors for each.
struct RecordQuota {
  unsigned form = 2;    // row, register or memory, sizes (FormKey::plain)
  unsigned ending = 1;  // row, register or memory, and how it ended
};

class Recorder {
 public:
  Recorder(Engine& witness, RecordQuota quota) : witness_(witness), quota_(quota) {}

  // Tries `cases` of a generator from its number `first` on, keeps those that the quota wants, cut down to the values
  // that matter. The error: the engine is gone.
  Result<> take(const Generator& generator, u64 first, u64 cases, const std::atomic<bool>& stop);

  size_t size() const { return vectors_.size(); }
  // The whole file. `signature`: of the processor behind the engine.
  std::vector<u8> file(u32 signature) const;

 private:
  bool wanted(const GeneratedCase& made, const Outcome& outcome);
  Result<> keep(std::vector<RecordedVector>& batch);
  Result<> slim(std::vector<RecordedVector>& batch);

  Engine& witness_;
  RecordQuota quota_;
  std::unordered_map<u64, unsigned> seen_;
  std::array<CpuState, 2> backgrounds_;
  std::array<bool, 2> haveBackground_{};
  std::vector<RecordedVector> vectors_;
};

}  // namespace duet::diff
