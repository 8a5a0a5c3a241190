// Random instruction bytes in every mode, with interrupts, NMI, INIT, single-step and breakpoints arriving: nothing
// crashes or hangs, and however the run is cut up, it ends in the same state.
#include "tests/fuzz/guest_run.h"
#include "tests/fuzz/guest_start.h"

namespace {

using namespace duet;
using namespace duet::fuzz;

constexpr u32 kFewSteps = 600;

GuestProgram prepare(FuzzMachine& machine, Input input, u32 steps) {
  machine.clear();
  const Start start = makeStart(machine, input);
  const std::vector<OutsideEvent> events = takeEvents(input, steps);
  // Bytes also at the data the registers point to, and around a page boundary.
  machine.putBytes(kData, input.takeBytes(input.take<u8>()));
  putProgram(machine, start, input.rest());
  return {start.state, events};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  return fuzzGuest(Input(data, size), kFewSteps, prepare);
}
