#include "hw/irq/io_apic.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {

namespace {

constexpr u32 kVersion = 0x00170020;  // 24 entries, version 20h

constexpr u64 kRemoteIrr = bit(14);
constexpr u64 kLevel = bit(15);
constexpr u64 kMasked = bit(16);
constexpr u64 kEntryWritable = 0xff0000000001afff;

enum Window : u64 { kSelect = 0x00, kData = 0x10, kEoi = 0x40 };
enum Index : u8 { kIndexId = 0, kIndexVersion = 1, kIndexArbitration = 2, kIndexEntries = 0x10 };

DeliveryMode modeOf(u64 entry) { return static_cast<DeliveryMode>(bits(entry, 10, 8)); }

// Remote IRR belongs to level-triggered fixed and lowest-priority entries; the rest are edges.
bool isLevel(u64 entry) {
  return (entry & kLevel) &&
         (modeOf(entry) == DeliveryMode::Fixed || modeOf(entry) == DeliveryMode::LowestPriority);
}

MsiMessage messageOf(u64 entry) {
  const bool lowest = modeOf(entry) == DeliveryMode::LowestPriority;
  MsiMessage message;
  message.address = 0xfee00000 | bits(entry, 63, 56) << 12 | (lowest ? bit(3) : 0) | bits(entry, 11, 11) << 2;
  message.data = static_cast<u32>((entry & 0x7ff) | (isLevel(entry) ? bit(15) | bit(14) : 0));
  return message;
}

}  // namespace

IoApic::IoApic(MsiSink& bus, PinRouteSink* routes) : bus_(bus), routes_(routes) { reset(); }

void IoApic::reset() {
  const std::lock_guard lock(mutex_);
  state_ = IoApicState{};
  state_.entries.fill(kMasked);
  for (unsigned pin = 0; pin < kPins; ++pin) tellRoute(pin);
}

void IoApic::send(u64 entry) const { bus_.sendMsi(messageOf(entry)); }

// A masked entry keeps its route: an interrupt that it sent before may still be in service.
void IoApic::tellRoute(unsigned pin) const {
  if (!routes_) return;
  const u64 entry = state_.entries[pin];
  routes_->setPinRoute(pin, isLevel(entry) ? std::optional(messageOf(entry)) : std::nullopt);
}

void IoApic::serviceLevel(unsigned pin) {
  u64& entry = state_.entries[pin];
  if (!isLevel(entry) || (entry & (kMasked | kRemoteIrr)) || !testBit(state_.levels, pin)) return;
  entry |= kRemoteIrr;
  send(entry);
}

// An edge on a masked pin is lost, as the 82093AA's manual says.
void IoApic::setIrqLevel(unsigned pin, bool level) {
  if (pin >= kPins) return;
  const std::lock_guard lock(mutex_);
  const bool was = testBit(state_.levels, pin);
  state_.levels = static_cast<u32>(level ? state_.levels | bit(pin) : state_.levels & ~bit(pin));
  if (away_ && level != was) away_->setIoApicPin(pin, level);
  if (!level || was || away_) return;
  const u64 entry = state_.entries[pin];
  if (isLevel(entry)) {
    serviceLevel(pin);
  } else if (!(entry & kMasked)) {
    send(entry);
  }
}

void IoApic::endOfInterrupt(u8 vector) {
  const std::lock_guard lock(mutex_);
  endOfInterruptLocked(vector);
}

void IoApic::endOfInterruptLocked(u8 vector) {
  for (unsigned pin = 0; pin < kPins; ++pin) {
    u64& entry = state_.entries[pin];
    if ((entry & 0xff) != vector || !(entry & kRemoteIrr)) continue;
    entry &= ~kRemoteIrr;
    serviceLevel(pin);
  }
}

u32 IoApic::readWindow() const {
  const u8 index = state_.select;
  if (index == kIndexId || index == kIndexArbitration) return u32{state_.id} << 24;
  if (index == kIndexVersion) return kVersion;
  if (index < kIndexEntries || index >= kIndexEntries + 2 * kPins) return 0xffffffff;
  const u64 entry = state_.entries[(index - kIndexEntries) / 2u];
  return static_cast<u32>(index & 1 ? entry >> 32 : entry);
}

void IoApic::writeWindow(u32 value) {
  const u8 index = state_.select;
  if (index == kIndexId) state_.id = (value >> 24) & 0xf;
  if (index < kIndexEntries || index >= kIndexEntries + 2 * kPins) return;
  const unsigned pin = (index - kIndexEntries) / 2u;
  u64& entry = state_.entries[pin];
  const u64 merged = index & 1 ? (entry & lowMask(32)) | u64{value} << 32 : (entry & ~lowMask(32)) | value;
  entry = (merged & kEntryWritable) | (entry & kRemoteIrr);
  // Kernels clear a stuck remote IRR by switching the entry to edge and back.
  if (!isLevel(entry)) entry &= ~kRemoteIrr;
  tellRoute(pin);
  serviceLevel(pin);
}

u64 IoApic::read(unsigned, u64 offset, unsigned size) {
  const std::lock_guard lock(mutex_);
  if (offset == kSelect) return state_.select;
  if (offset == kData) return readWindow() & lowMask(8 * size);
  return 0;
}

void IoApic::write(unsigned, u64 offset, unsigned size, u64 value) {
  const std::lock_guard lock(mutex_);
  if (offset == kSelect) {
    state_.select = static_cast<u8>(value);
  } else if (offset == kData && size >= 4) {
    writeWindow(static_cast<u32>(value));
  } else if (offset == kEoi) {
    endOfInterruptLocked(static_cast<u8>(value));
  }
}

void IoApic::setEntry(unsigned pin, u64 entry) {
  state_.entries[pin] = entry & (kEntryWritable | kRemoteIrr);
  tellRoute(pin);
  serviceLevel(pin);
}

std::vector<u8> IoApic::saveState() const {
  const std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> IoApic::loadState(std::span<const u8> data, u32 version) {
  auto loaded = decodeState<IoApicState>(data, version, stateVersion());
  if (!loaded) return tl::unexpected(loaded.error());
  for (u64& entry : loaded->entries) entry &= kEntryWritable | kRemoteIrr;
  loaded->id &= 0xf;
  loaded->levels &= static_cast<u32>(lowMask(kPins));
  const std::lock_guard lock(mutex_);
  state_ = *loaded;
  for (unsigned pin = 0; pin < kPins; ++pin) tellRoute(pin);
  return {};
}

}  // namespace duet::hw
