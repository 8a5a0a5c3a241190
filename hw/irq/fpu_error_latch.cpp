#include "hw/irq/fpu_error_latch.h"

#include "core/state/state_codec.h"

namespace duet::hw {

void FpuErrorLatch::reset() {
  const std::lock_guard lock(mutex_);
  state_ = {};
  irq_.lower();
}

std::vector<u8> FpuErrorLatch::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> FpuErrorLatch::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("{}: state version {} is not known", name(), version);
  auto loaded = decodeState<FpuErrorState>(data);
  if (!loaded) return fail("{}: {}", name(), loaded.error().message);
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  return {};
}

void FpuErrorLatch::write(unsigned, u64 offset, unsigned, u64) {
  if (offset != 0) return;
  const std::lock_guard lock(mutex_);
  irq_.lower();
  state_.ignne = state_.ferr;
}

// IRQ 13 is the edge of FERR#: while the pin stays asserted a write to port F0h is not followed by another one.
void FpuErrorLatch::setFerr(bool asserted) {
  const std::lock_guard lock(mutex_);
  if (asserted == state_.ferr) return;
  state_.ferr = asserted;
  if (asserted) {
    irq_.raise();
  } else {
    state_.ignne = false;
  }
}

bool FpuErrorLatch::ignne() {
  const std::lock_guard lock(mutex_);
  return state_.ignne;
}

}  // namespace duet::hw
