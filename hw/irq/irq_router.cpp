#include "hw/irq/irq_router.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {
constexpr u64 kInputs = 0x0000ffffffffffff;
}  // namespace

void IrqRouter::setIrqLevel(unsigned pin, bool level) {
  if (pin > 63 || !testBit(kInputs, pin)) return;
  const std::lock_guard lock(mutex_);
  state_.inputs = level ? state_.inputs | bit(pin) : state_.inputs & ~bit(pin);
  if (pin < 16 || pin >= kPicPins) {
    const unsigned irq = pin & 15;
    pic_.setIrqLevel(irq, testBit(state_.inputs, irq) || testBit(state_.inputs, kPicPins + irq));
  }
  if (pin < kIoApicPins && pin != 2) ioApic_.setIrqLevel(pin == 0 ? 2 : pin, level);
  if (pin >= kIoApicPins && pin < kPicPins) {
    const unsigned input = kIoApicPins + (pin & 7);
    const unsigned shared = input + kSharedIoApicPins - kIoApicPins;
    ioApic_.setIrqLevel(input, testBit(state_.inputs, input) || testBit(state_.inputs, shared));
  }
}

void IrqRouter::reset() {
  const std::lock_guard lock(mutex_);
  state_ = IrqRouterState{};
}

std::vector<u8> IrqRouter::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> IrqRouter::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<IrqRouterState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  if (loaded->inputs & ~kInputs) return fail("irq-router: the saved state names wires that do not exist");
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  return {};
}

}  // namespace duet::hw
