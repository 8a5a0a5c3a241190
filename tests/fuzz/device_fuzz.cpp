// A hostile guest at every device: any access in any order, time passing, resets, saved states with a
// byte changed.
#include <vector>

#include "tests/contract/device/device_contract.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

namespace {

using namespace duet;
using contract::Specimen;

enum Step : u8 { kRead, kWrite, kPass, kReset, kSaveLoad, kDamage, kSteps };

void access(Specimen& s, fuzz::Input& input, bool write) {
  if (!s.io || s.ranges.empty()) return;
  const auto& range = s.ranges[input.take<u8>() % s.ranges.size()];
  const u64 offset = range.size ? input.take<u16>() % range.size : 0;
  const unsigned size = 1u << (input.take<u8>() % 4);
  if (write)
    s.io->write(range.range, offset, size, input.take<u64>());
  else
    s.io->read(range.range, offset, size);
}

// A timer that is due again at once must not keep us here: the count is bounded, time is not.
void pass(Specimen& s, Nanoseconds duration) {
  const Nanoseconds end = s.world->clock.now() + duration;
  for (int i = 0; i < 64 && s.world->timers.nextDeadline() <= end; ++i) {
    s.world->clock.advanceTo(s.world->timers.nextDeadline());
    s.world->timers.runDue();
  }
  s.world->clock.advanceTo(end);
}

void saveAndLoad(Specimen& s) {
  if (!s.stateful) return;
  const auto saved = s.stateful->saveState();
  FUZZ_CHECK(s.stateful->loadState(saved, s.stateful->stateVersion()).has_value());
  FUZZ_CHECK(s.stateful->saveState() == saved);
}

// Refused and nothing changed, or taken and the device lives on with it.
void loadDamaged(Specimen& s, fuzz::Input& input) {
  if (!s.stateful) return;
  const auto saved = s.stateful->saveState();
  auto damaged = saved;
  const u16 at = input.take<u16>();
  const u8 change = input.take<u8>();
  if (!damaged.empty()) damaged[at % damaged.size()] ^= change;
  if (!s.stateful->loadState(damaged, s.stateful->stateVersion()))
    FUZZ_CHECK(s.stateful->saveState() == saved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const u8* data, size_t size) {
  fuzz::Input input(data, size);
  const auto& devices = contract::allDevices();
  Specimen s = devices[input.take<u8>() % devices.size()].make();
  s.device->reset();
  while (!input.empty()) {
    switch (input.take<u8>() % kSteps) {
      case kRead:
        access(s, input, false);
        break;
      case kWrite:
        access(s, input, true);
        break;
      case kPass:
        pass(s, input.take<u32>());
        break;
      case kReset:
        s.device->reset();
        break;
      case kSaveLoad:
        saveAndLoad(s);
        break;
      default:
        loadDamaged(s, input);
        break;
    }
  }
  return 0;
}
