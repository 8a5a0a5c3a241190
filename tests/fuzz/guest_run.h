// Runs one fuzzed guest in different manners, which must all end in the same state.
#pragma once

#include <vector>

#include "tests/fuzz/fuzz_machine.h"
#include "tests/fuzz/input.h"

namespace duet::fuzz {

// What happens to the guest from outside once so many steps are done.
struct OutsideEvent {
  u32 atStep = 0;
  u8 kind = 0;
  u8 vector = 0;
};
std::vector<OutsideEvent> takeEvents(Input& input, u32 steps);

// Whole: one run() between events. Steps: step(). Pieces: budgets of odd sizes, some of them long. Hops: after each of
// those the state goes to the other vCPU.
enum class Manner : u8 { Whole, Steps, Pieces, Hops, kCount };

struct Outcome {
  CpuState state;
  u64 steps = 0;
  u64 deviceHash = 0;
};

// From the start state, with memory as it is. Checks on the way that budgets are exact, that saved states are
// accepted and read back equal, and that nothing but a budget is given back without an event.
struct Run {
  u32 steps;
  Manner manner = Manner::Whole;
  unsigned vcpu = 0;  // where it begins
};
Outcome runGuest(FuzzMachine& machine, const CpuState& start, std::span<const OutsideEvent> events,
                 const Run& run);
// Ends the process with a message when they differ, or when the machines' memories do.
void compareOutcomes(const FuzzMachine& a, const Outcome& x, const FuzzMachine& b, const Outcome& y);

// A fuzzer of guests: interprets the guest that `prepare` makes of an input in one go, runs it on another machine, by the tier
// under test, in the manner that the input's first byte names, and compares. What LLVMFuzzerTestOneInput is to return.
struct GuestProgram {
  CpuState start;
  std::vector<OutsideEvent> events;
};
int fuzzGuest(Input input, u32 fewSteps, GuestProgram (*prepare)(FuzzMachine&, Input, u32 steps));

}  // namespace duet::fuzz
