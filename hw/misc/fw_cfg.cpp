#include "hw/misc/fw_cfg.h"

#include <algorithm>
#include <cstring>

#include "core/base/bits.h"
#include "core/state/state_codec.h"

namespace duet::hw {
namespace {

enum Key : u16 { kSignature = 0x00, kId = 0x01, kFileDir = 0x19, kFirstFile = 0x20 };
constexpr u16 kMaxFiles = 0x1000;
constexpr size_t kMaxName = 55;
enum DmaControl : u32 { kDmaError = 1, kDmaRead = 2, kDmaSkip = 4, kDmaSelect = 8, kDmaWrite = 16 };

struct DmaDescriptor {  // big-endian in guest memory
  u32 control, length;
  u64 address;
};

void appendBig(std::vector<u8>& out, u64 value, unsigned size) {
  for (unsigned i = size; i-- > 0;) out.push_back(static_cast<u8>(value >> (8 * i)));
}

std::vector<u8> directory(const std::vector<FwCfgItem>& items) {
  std::vector<u8> dir;
  u32 count = 0;
  for (const auto& item : items) count += item.key >= kFirstFile && !item.name.empty();
  appendBig(dir, count, 4);
  for (const auto& item : items) {
    if (item.name.empty()) continue;
    appendBig(dir, item.data.size(), 4);
    appendBig(dir, item.key, 2);
    appendBig(dir, 0, 2);
    std::vector<u8> name(kMaxName + 1);
    std::copy(item.name.begin(), item.name.end(), name.begin());
    dir.insert(dir.end(), name.begin(), name.end());
  }
  return dir;
}

}  // namespace

FwCfg::FwCfg(GuestMemory& memory) : memory_(memory) {}

Result<> FwCfg::setItems(std::vector<FwCfgItem> items) {
  // Files are listed by name, as firmware expects to search them.
  std::sort(items.begin(), items.end(),
            [](const FwCfgItem& a, const FwCfgItem& b) { return a.name < b.name; });
  u16 nextFile = kFirstFile;
  for (size_t i = 0; i < items.size(); ++i) {
    FwCfgItem& item = items[i];
    if (item.name.empty()) continue;
    if (item.name.size() > kMaxName)
      return fail("fw_cfg: name '{}' is longer than {} characters", item.name, kMaxName);
    if (i && items[i - 1].name == item.name) return fail("fw_cfg: two files named '{}'", item.name);
    if (nextFile >= kFirstFile + kMaxFiles) return fail("fw_cfg: more than {} files", kMaxFiles);
    item.key = nextFile++;
  }
  items.push_back({kFileDir, "", directory(items)});
  items.push_back({kSignature, "", {'Q', 'E', 'M', 'U'}});
  items.push_back({kId, "", {3, 0, 0, 0}});
  std::sort(items.begin(), items.end(), [](const FwCfgItem& a, const FwCfgItem& b) { return a.key < b.key; });
  for (size_t i = 1; i < items.size(); ++i)
    if (items[i].key == items[i - 1].key) return fail("fw_cfg: two items with key {:#x}", items[i].key);
  std::lock_guard lock(mutex_);
  items_ = std::move(items);
  return {};
}

void FwCfg::reset() {
  std::lock_guard lock(mutex_);
  state_ = {};
}

std::vector<u8> FwCfg::saveState() const {
  std::lock_guard lock(mutex_);
  return encodeState(state_);
}

Result<> FwCfg::loadState(std::span<const u8> data, u32 version) {
  if (version != stateVersion()) return fail("fw-cfg: state version {} is not known", version);
  auto loaded = decodeState<FwCfgState>(data);
  if (!loaded) return fail("fw-cfg: {}", loaded.error().message);
  std::lock_guard lock(mutex_);
  state_ = *loaded;
  return {};
}

const std::vector<u8>* FwCfg::selectedItem() const {
  // Bits 15 (architecture-specific items: none here) and 14 (write) are not part of the number.
  const u16 key = state_.selected & 0xbfff;
  auto found = std::lower_bound(items_.begin(), items_.end(), key,
                                [](const FwCfgItem& item, u16 k) { return item.key < k; });
  return found != items_.end() && found->key == key ? &found->data : nullptr;
}

void FwCfg::select(u16 key) {
  state_.selected = key;
  state_.position = 0;
}

u8 FwCfg::nextByte() {
  const std::vector<u8>* item = selectedItem();
  if (!item || state_.position >= item->size()) return 0;
  return (*item)[state_.position++];
}

u64 FwCfg::read(unsigned range, u64 offset, unsigned size) {
  std::lock_guard lock(mutex_);
  if (range == 1) {  // the signature "QEMU CFG" tells that DMA is there
    constexpr char kDmaSignature[] = "QEMU CFG";
    u64 value = 0;
    for (unsigned i = 0; i < size && offset + i < 8; ++i)
      value |= u64{static_cast<u8>(kDmaSignature[offset + i])} << (8 * i);
    return value;
  }
  if (offset == 0) return state_.selected & lowMask(8 * size);
  u64 value = 0;
  for (unsigned i = 0; i < size; ++i) value |= u64{nextByte()} << (8 * i);
  return value;
}

void FwCfg::write(unsigned range, u64 offset, unsigned size, u64 value) {
  std::lock_guard lock(mutex_);
  if (range == 0) {
    if (offset == 0 && size == 2) select(static_cast<u16>(value));
    return;
  }
  // Two big-endian halves, or one 64-bit write; the low half starts the transfer.
  if (size == 8 && offset == 0) {
    state_.dmaAddress = __builtin_bswap64(value);
    startDma();
  } else if (size == 4 && offset == 0) {
    state_.dmaAddress = u64{__builtin_bswap32(static_cast<u32>(value))} << 32;
  } else if (size == 4 && offset == 4) {
    state_.dmaAddress |= __builtin_bswap32(static_cast<u32>(value));
    startDma();
  }
}

void FwCfg::startDma() {
  const Gpa at(state_.dmaAddress);
  state_.dmaAddress = 0;
  DmaDescriptor d{};
  if (!memory_.load(at, d)) return;
  const u32 control = __builtin_bswap32(d.control);
  bool failed = false;
  if (control & kDmaSelect) select(static_cast<u16>(control >> 16));
  transfer(control, __builtin_bswap32(d.length), __builtin_bswap64(d.address), failed);
  memory_.store(at, __builtin_bswap32(failed ? u32{kDmaError} : 0));
}

// Reads past the end give zeros, so the guest's length bounds the work; it is worked off in chunks.
void FwCfg::transfer(u32 control, u32 length, u64 address, bool& failed) {
  const std::vector<u8>* item = selectedItem();
  const u64 size = item ? item->size() : 0;
  if (control & kDmaWrite) {
    failed = true;  // no item is writable
  } else if (control & kDmaRead) {
    u8 chunk[4096];
    for (u32 done = 0; done < length && !failed;) {
      const u32 piece = std::min<u32>(length - done, sizeof chunk);
      const u64 left = size - std::min<u64>(size, state_.position);
      const u32 have = static_cast<u32>(std::min<u64>(piece, left));
      if (have) std::memcpy(chunk, item->data() + state_.position, have);
      std::memset(chunk + have, 0, piece - have);
      failed = !memory_.write(Gpa(address + done), std::span<const u8>(chunk, piece));
      state_.position += have;
      done += piece;
    }
  } else if (control & kDmaSkip) {
    state_.position = static_cast<u32>(std::min<u64>(size, u64{state_.position} + length));
  }
}

}  // namespace duet::hw
