#include "hw/pci/pci_device.h"

#include <fmt/format.h>

#include <atomic>
#include <cstring>

#include "core/base/assert.h"
#include "core/base/bits.h"
#include "core/base/log.h"
#include "core/state/state_codec.h"

namespace duet::hw {
namespace {

// Every BAR lies below everything that is fixed, and no two share a priority: see README.md.
int nextBarPriority() {
  static std::atomic<int> last{-1000};
  return --last;
}

bool isIo(PciDevice::BarKind kind) { return kind == PciDevice::BarKind::Io; }

}  // namespace

PciDevice::PciDevice(std::string name, const PciIds& ids) : name_(std::move(name)) {
  setWord(pci::kVendor, ids.vendor);
  setWord(pci::kDevice, ids.device);
  setByte(pci::kRevision, ids.revision);
  setByte(pci::kClass, static_cast<u8>(ids.classCode));
  setWord(pci::kClass + 1, static_cast<u16>(ids.classCode >> 8));
  setByte(pci::kHeaderType, ids.headerType);
  setWord(pci::kSubsystemVendor, ids.subsystemVendor);
  setWord(pci::kSubsystem, ids.subsystem);
  setWord(pci::kCommand, 0, pci::kIoEnable | pci::kMemoryEnable | pci::kBusMaster | pci::kIntxDisable);
  setByte(pci::kInterruptLine, 0, 0xff);
  setByte(0x0c, 0, 0xff);  // cache line size: writable, no effect
  state_.config = resetValue_;
}

PciDevice::~PciDevice() = default;

void PciDevice::setByte(u32 offset, u8 resetValue, u8 writable, u8 writeOneToClear) {
  DUET_ASSERT(offset < 256);
  resetValue_[offset] = resetValue;
  writable_[offset] = writable;
  clearable_[offset] = writeOneToClear;
  state_.config[offset] = resetValue;
}

void PciDevice::setWord(u32 offset, u16 resetValue, u16 writable) {
  for (unsigned i = 0; i < 2; ++i)
    setByte(offset + i, static_cast<u8>(resetValue >> (8 * i)), static_cast<u8>(writable >> (8 * i)));
}

void PciDevice::setDword(u32 offset, u32 resetValue, u32 writable) {
  for (unsigned i = 0; i < 4; ++i)
    setByte(offset + i, static_cast<u8>(resetValue >> (8 * i)), static_cast<u8>(writable >> (8 * i)));
}

// The low bits of a BAR are read-only and show its kind; the size shows as the bits that stay zero.
void PciDevice::addBar(unsigned index, BarKind kind, u64 size, AddressSpace& space, IoHandler& handler,
                       unsigned range) {
  DUET_ASSERT(std::has_single_bit(size) && size >= (isIo(kind) ? 4u : 16u));
  const u32 offset = pci::kBar0 + 4 * index;
  const u64 mask = ~(size - 1);
  setDword(offset, isIo(kind) ? 1u : kind == BarKind::Memory64 ? 4u : 0u, static_cast<u32>(mask));
  if (kind == BarKind::Memory64) setDword(offset + 4, 0, static_cast<u32>(mask >> 32));
  Bar bar{index, kind, size, &space};
  auto map = space.mapIo({.name = fmt::format("{} bar {}", name_, index),
                          .base = 0,
                          .size = size,
                          .priority = nextBarPriority(),
                          .enabled = false},
                         handler, range);
  DUET_ASSERT(map);
  bar.map = *map;
  bars_.push_back(bar);
}

u32 PciDevice::config(u32 offset, unsigned size) const {
  std::lock_guard lock(mutex_);
  u32 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= u32{state_.config[(offset + i) & 0xff]} << (8 * i);
  return value;
}

u32 PciDevice::configRead(u32 offset, unsigned size) {
  if (offset + size > 256) return static_cast<u32>(lowMask(8 * size));
  return config(offset, size);
}

void PciDevice::configWrite(u32 offset, unsigned size, u32 value) {
  if (offset + size > 256) return;
  std::lock_guard applying(applyMutex_);
  {
    std::lock_guard lock(mutex_);
    const Config before = state_.config;
    for (unsigned i = 0; i < size; ++i) {
      u8& stored = state_.config[offset + i];
      const u8 byte = static_cast<u8>(value >> (8 * i));
      const u8 plain = static_cast<u8>(writable_[offset + i] & ~lockedBits(before, offset + i));
      stored = static_cast<u8>(((stored & ~plain) | (byte & plain)) & ~(byte & clearable_[offset + i]));
    }
  }
  const bool touchesBars = offset < pci::kBar0 + 24 && offset + size > pci::kCommand;
  if (touchesBars) updateBars();
  configChanged(offset, size);
}

void PciDevice::configChanged(u32, unsigned) {}

u8 PciDevice::lockedBits(const Config&, u32) const { return 0; }

void PciDevice::store(u32 offset, u8 value) {
  std::lock_guard lock(mutex_);
  state_.config[offset & 0xff] = value;
}

u64 PciDevice::barAddress(const Bar& bar) const {
  const u32 offset = pci::kBar0 + 4 * bar.index;
  u64 address = config(offset, 4);
  if (bar.kind == BarKind::Memory64) address |= u64{config(offset + 4, 4)} << 32;
  return address & ~(bar.size - 1);
}

bool PciDevice::barDecoded(const Bar& bar, u64 address) const {
  const u32 enable = isIo(bar.kind) ? pci::kIoEnable : pci::kMemoryEnable;
  if (!(config(pci::kCommand, 2) & enable) || address == 0) return false;
  // During sizing the register holds all ones; nothing decodes up there (PCI 3.0 6.2.5.1).
  const u64 top = address + bar.size - 1;
  return top >= address && (bar.space->size() == 0 || top < bar.space->size());
}

void PciDevice::updateBars() {
  for (const Bar& bar : bars_) {
    const u64 address = barAddress(bar);
    const bool decoded = barDecoded(bar, address);
    Result<> done = bar.space->change([&](AddressSpace& space) -> Result<> {
      if (!decoded) return space.setEnabled(bar.map, false);
      if (auto ok = space.move(bar.map, address); !ok) return ok;
      return space.setEnabled(bar.map, true);
    });
    if (!done) guestLog(LogChannel::GuestErrors, "{}: BAR {}: {}", name_, bar.index, done.error().message);
  }
}

void PciDevice::reset() {
  std::lock_guard applying(applyMutex_);
  {
    std::lock_guard lock(mutex_);
    state_.config = resetValue_;
  }
  updateBars();
  configChanged(0, 256);
}

std::vector<u8> PciDevice::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> PciDevice::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("{}: state version {} is not known", name_, version);
  auto loaded = decodeState<PciState>(data);
  if (!loaded) return fail("{}: {}", name_, loaded.error().message);
  std::lock_guard applying(applyMutex_);
  {
    std::lock_guard lock(mutex_);
    // Read-only bits are this device's own; hostile input cannot change its identity.
    for (size_t i = 0; i < 256; ++i) {
      const u8 keep = static_cast<u8>(writable_[i] | clearable_[i]);
      state_.config[i] = static_cast<u8>((resetValue_[i] & ~keep) | (loaded->config[i] & keep));
    }
  }
  updateBars();
  configChanged(0, 256);
  return {};
}

}  // namespace duet::hw
