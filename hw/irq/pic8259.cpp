#include "hw/irq/pic8259.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {
constexpr unsigned kCascade = 2;
// IRQ0, 1, 2, 8 and 13 cannot be level-triggered (ICH9 13.4.14, 13.4.15).
constexpr u8 kElcrWritable[2] = {0xf8, 0xde};
}  // namespace

Pic8259::Pic8259(IrqLine output) : output_(output) { reset(); }

void Pic8259::reset() {
  const std::lock_guard lock(mutex_);
  state_ = Pic8259State{};
  slave().isMaster = false;
  output_.lower();
}

void Pic8259::update() {
  master().follow(kCascade, slave().pending() >= 0);
  output_.set(master().pending() >= 0);
}

void Pic8259::setIrqLevel(unsigned pin, bool level) {
  if (pin > 15 || pin == kCascade) return;
  const std::lock_guard lock(mutex_);
  if (away_) {
    if (testBit(wires_, pin) != level) away_->setPicPin(pin, level);
    wires_ = static_cast<u16>(level ? wires_ | bit(pin) : wires_ & ~bit(pin));
    return;
  }
  state_.chips[pin >> 3].setInput(pin & 7, level);
  update();
}

// A request that went away before INTA gives the vector of input 7 with no ISR bit (datasheet, "spurious").
int Pic8259::acknowledgeExternal() {
  const std::lock_guard lock(mutex_);
  const int first = master().pending();
  int vector = master().vectorBase + (first < 0 ? 7 : first);
  if (first >= 0) master().accept(static_cast<unsigned>(first));
  if (first == static_cast<int>(kCascade)) {
    const int second = slave().pending();
    vector = slave().vectorBase + (second < 0 ? 7 : second);
    if (second >= 0) slave().accept(static_cast<unsigned>(second));
  }
  update();
  return vector;
}

u64 Pic8259::read(unsigned range, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  u64 value = 0;
  for (unsigned i = 0; i < size && offset + i < 2; ++i) {
    const unsigned port = static_cast<unsigned>(offset + i);
    const u8 byte = range == kElcr ? state_.chips[port].elcr : state_.chips[range & 1].readPort(port);
    value |= u64{byte} << (8 * i);
  }
  update();  // a poll acknowledges
  return value;
}

void Pic8259::write(unsigned range, u64 offset, unsigned size, u64 value) {
  const std::lock_guard lock(mutex_);
  for (unsigned i = 0; i < size && offset + i < 2; ++i) {
    const unsigned port = static_cast<unsigned>(offset + i);
    const u8 byte = static_cast<u8>(value >> (8 * i));
    if (range == kElcr) {
      state_.chips[port].elcr = byte & kElcrWritable[port];
    } else {
      state_.chips[range & 1].writePort(port, byte);
    }
  }
  update();
}

std::vector<u8> Pic8259::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> Pic8259::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<Pic8259State>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  for (unsigned i = 0; i < 2; ++i) {
    PicChip& chip = loaded->chips[i];
    if (chip.isMaster != (i == 0) || chip.initStep == 1 || chip.initStep > 4 || chip.lowest > 7) {
      return fail("pic8259: the saved state is not one the chip can be in");
    }
    chip.elcr &= kElcrWritable[i];
  }
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  output_.set(master().pending() >= 0);
  return {};
}

}  // namespace duet::hw
