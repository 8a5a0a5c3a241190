#include "hw/pci/pci_host_bridge.h"

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {
namespace {

// Configuration cycles are at most a dword and stay inside one (PCI 3.0 3.2.2.3.2); wider or crossing
// accesses become several.
template <class Access>
void splitByDword(u64 offset, unsigned size, Access access) {
  for (unsigned done = 0; done < size;) {
    const unsigned room = 4 - static_cast<unsigned>((offset + done) & 3);
    unsigned piece = std::min(room, size - done);
    if (piece == 3) piece = 2;
    access(offset + done, piece, done);
    done += piece;
  }
}

}  // namespace

void PciHostBridge::reset() {
  std::lock_guard lock(mutex_);
  state_ = {};
}

std::vector<u8> PciHostBridge::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> PciHostBridge::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("pci-host: state version {} is not known", version);
  auto loaded = decodeState<PciHostBridgeState>(data);
  if (!loaded) return fail("pci-host: {}", loaded.error().message);
  std::lock_guard lock(mutex_);
  state_ = *loaded;
  return {};
}

u64 PciHostBridge::readAddress(u64 offset, unsigned size) {
  if (offset == 1 && size == 1) return resetControl_.read(0, 0, 1);
  if (offset != 0 || size != 4) return lowMask(8 * size);
  std::lock_guard lock(mutex_);
  return state_.address;
}

void PciHostBridge::writeAddress(u64 offset, unsigned size, u64 value) {
  if (offset == 1 && size == 1) return resetControl_.write(0, 0, 1, value);
  if (offset != 0 || size != 4) return;
  std::lock_guard lock(mutex_);
  state_.address = static_cast<u32>(value) & 0x80fffffc;
}

PciHostBridge::Target PciHostBridge::dataTarget(u64 offset) const {
  std::lock_guard lock(mutex_);
  const u32 a = state_.address;
  const bool busZero = bits(a, 23, 16) == 0;
  return {static_cast<u8>(bits(a, 15, 8)), static_cast<u32>((a & 0xfc) + (offset & 3)),
          testBit(a, 31) && busZero};
}

PciHostBridge::Target PciHostBridge::ecamTarget(u64 offset) {
  return {static_cast<u8>(bits(offset, 19, 12)), static_cast<u32>(offset & 0xfff), bits(offset, 27, 20) == 0};
}

u64 PciHostBridge::read(unsigned range, u64 offset, unsigned size) {
  if (range == kAddressPort) return readAddress(offset, size);
  u64 value = 0;
  splitByDword(offset, size, [&](u64 at, unsigned piece, unsigned done) {
    const Target t = range == kDataPort ? dataTarget(at) : ecamTarget(at);
    const u64 part = t.present ? bus_.read(t.devfn, t.offset, piece) : lowMask(8 * piece);
    value |= part << (8 * done);
  });
  return value;
}

void PciHostBridge::write(unsigned range, u64 offset, unsigned size, u64 value) {
  if (range == kAddressPort) return writeAddress(offset, size, value);
  splitByDword(offset, size, [&](u64 at, unsigned piece, unsigned done) {
    const Target t = range == kDataPort ? dataTarget(at) : ecamTarget(at);
    if (t.present)
      bus_.write(t.devfn, t.offset, piece, static_cast<u32>(value >> (8 * done) & lowMask(8 * piece)));
  });
}

}  // namespace duet::hw
