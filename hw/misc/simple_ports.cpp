#include "hw/misc/simple_ports.h"

#include <cstring>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

// --- ByteDevice

void ByteDevice::reset() { setValue(0); }

std::vector<u8> ByteDevice::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> ByteDevice::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("{}: state version {} is not known", name(), version);
  auto loaded = decodeState<ByteState>(data);
  if (!loaded) return fail("{}: {}", name(), loaded.error().message);
  setValue(loaded->value);
  return {};
}

u8 ByteDevice::value() const {
  std::lock_guard lock(mutex_);
  return state_.value;
}

void ByteDevice::setValue(u8 v) {
  std::lock_guard lock(mutex_);
  state_.value = v;
}

// --- ResetControl

namespace {
constexpr u8 kSystemReset = 0x02, kResetCpu = 0x04, kFullReset = 0x08;
}

u64 ResetControl::read(unsigned, u64, unsigned) { return value(); }

void ResetControl::write(unsigned, u64, unsigned, u64 v) {
  const u8 before = value();
  const u8 now = static_cast<u8>(v & (kSystemReset | kResetCpu | kFullReset));
  setValue(now);
  if (!(before & kResetCpu) && (now & kResetCpu)) (now & kSystemReset ? onReset_ : onInit_)();
}

// --- DebugExit, DebugConsole, Pvpanic

void DebugExit::write(unsigned, u64, unsigned, u64 value) {
  onExit_(static_cast<int>((value << 1 | 1) & 0x7fffffff));
}

void DebugConsole::write(unsigned, u64, unsigned, u64 value) {
  const u8 byte = static_cast<u8>(value);
  out_.write(std::span(&byte, 1));
}

void Pvpanic::write(unsigned, u64, unsigned, u64 value) {
  if (value & 3) onPanic_(static_cast<u8>(value & 3));
}

// --- PcTestdev

namespace {
bool inMemory(u64 offset, unsigned size) { return offset <= PcTestdevState::kMemorySize - size; }
}  // namespace

void PcTestdev::reset() {
  std::lock_guard lock(mutex_);
  state_ = {};
}

std::vector<u8> PcTestdev::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> PcTestdev::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("pc-testdev: state version {} is not known", version);
  auto loaded = decodeState<PcTestdevState>(data);
  if (!loaded) return fail("pc-testdev: {}", loaded.error().message);
  std::lock_guard lock(mutex_);
  state_ = *loaded;
  return {};
}

u64 PcTestdev::read(unsigned range, u64 offset, unsigned size) {
  std::lock_guard lock(mutex_);
  u64 value = 0;
  switch (range) {
    case kEcho:
      return state_.ioport >> (8 * (offset & 3)) & lowMask(8 * size);
    case kMemory:
      if (inMemory(offset, size)) std::memcpy(&value, state_.memory.data() + offset, size);
      return value;
    default:
      return 0;
  }
}

void PcTestdev::write(unsigned range, u64 offset, unsigned size, u64 value) {
  if (range == kFlush) return onFlush_();
  if (range == kIrqLines) return gsi_.setIrqLevel(static_cast<unsigned>(offset), value & 1);
  std::lock_guard lock(mutex_);
  if (range == kEcho) {
    const unsigned shift = static_cast<unsigned>(8 * (offset & 3));
    const u32 mask = static_cast<u32>(lowMask(8 * size) << shift);
    state_.ioport = (state_.ioport & ~mask) | (static_cast<u32>(value << shift) & mask);
  } else if (range == kMemory && inMemory(offset, size)) {
    std::memcpy(state_.memory.data() + offset, &value, size);
  }
}

}  // namespace duet::hw
