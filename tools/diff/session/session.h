// Runs many cases on two engines and gathers what differs.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "tools/diff/compare/known.h"
#include "tools/diff/engine/engine.h"

namespace duet::diff {

// Where cases come from. next() is false when there are no more.
class CaseSource {
 public:
  virtual ~CaseSource() = default;
  struct Item {
    Case c;
    u64 number = 0;             // names it within its source
    unsigned instructions = 1;  // that it is made of
  };
  virtual bool next(Item& item) = 0;
  // Told of every case that both engines ran, in the order they were made.
  virtual void ran(const Item&, const Outcome& /*left*/, const Outcome& /*right*/) {}
};

// Differences of one kind: the same instructions, the same fields. The first one stands for all.
struct Finding {
  std::string kind;  // "add r/m64, r64: flags.af"
  u64 count = 0;
  u64 number = 0;
  Case c;
  Outcome left, right;
  std::vector<Difference> differences;
  unsigned tries = 0;  // that it took to cut the case down
};

struct Summary {
  u64 cases = 0, instructions = 0;
  u64 notCompared = 0;  // cases that one of the engines cannot run
  std::map<std::string, u64> whyNot;
  std::map<std::string, u64> known;  // by entry: how often it explained a case
  std::vector<Finding> findings;     // unknown ones
  double seconds = 0;
};

struct SessionOptions {
  u64 mostInstructions = 1'000'000;
  double mostSeconds = 0;                        // 0: no limit
  unsigned mostFindings = 1;                     // kinds; 0: go on to the end
  std::function<void(const Summary&)> progress;  // about once a second
};

// The engines run a batch at the same time, one thread each, while the next one is made. `stop`: end early, from a signal.
Result<Summary> runSession(Engine& left, Engine& right, CaseSource& source,
                           const std::vector<KnownDifference>& known, const SessionOptions& options,
                           const std::atomic<bool>& stop);

// The processor whose reading of the code counts: the right one's.
Decoder decoderOf(const Engine& right);

std::string kindOf(const Case& c, const Decoder& decoder, const std::vector<Difference>& differences);

}  // namespace duet::diff
