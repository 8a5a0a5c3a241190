// From a checkpoint where both sides are alike to the one step after which they are not.
#pragma once

#include "tools/diff/case/case.h"
#include "tools/diff/lockstep/follower.h"
#include "tools/diff/lockstep/journal.h"

namespace duet::diff::lockstep {

struct FirstDifference {
  u64 step = 0;                  // of the guest since the start, counted from 1: before it they were alike
  u64 linear = 0;                // where the instruction lies
  std::vector<u8> code;          // 15 bytes from there, or fewer where the next page is not present
  CpuState before, left, right;  // after: each side
  std::vector<Piece> leftMemory, rightMemory;   // where they differ; guest-physical
  bool moreMemory = false;                      // and elsewhere
  std::vector<std::string> calls;               // what the leading side asked of the machine in this step
  std::string leftDivergence, rightDivergence;  // what a side asked instead
  unsigned trials = 0;                          // times that the way from the checkpoint was gone
};

// What a vCPU sees of the machine's clock, which counts instructions.
struct ClockPlan {
  TscLine paravirtual;
  Nanoseconds calendarStart = 0;
};

// Both sides are made anew and go along the journal, as often as it takes.
class Bisection {
 public:
  static Result<std::unique_ptr<Bisection>> make(const BackendFactory& left, const BackendFactory& right,
                                                 const SeatPlan& plan, const ClockPlan& clock,
                                                 const Journal& journal);
  // Fails when the difference does not come again: then an engine is not deterministic, or the seam leaks.
  Result<FirstDifference> find();

 private:
  struct Side {
    VirtualClock clock{VirtualClock::Kind::Counted};
    std::unique_ptr<Follower> follower;
    PageSet dirty;       // since the checkpoint
    CpuState state;      // where the last trial ended
    size_t segment = 0;  // the last one that was played, and what of it
    size_t entries = 0;
    std::string divergence;
  };

  explicit Bisection(const Journal& journal) : journal_(journal) {}
  Result<> makeSide(Side& side, const BackendFactory& factory, const SeatPlan& plan, const ClockPlan& clock);
  Result<> go(Side& side, u64 steps);
  Result<bool> sameAfter(u64 steps);
  Result<FirstDifference> describe(u64 steps);
  void describeMemory(FirstDifference& found);

  const Journal& journal_;
  Side left_, right_;
  unsigned trials_ = 0;
};

// Whether two states are the same to a guest: time and counters aside.
bool sameState(const CpuState& a, const CpuState& b);
// The names of the values that differ.
std::string differentFields(const CpuState& a, const CpuState& b);

}  // namespace duet::diff::lockstep
