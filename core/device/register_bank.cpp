#include "core/device/register_bank.h"

#include <algorithm>

#include "core/base/assert.h"
#include "core/base/bits.h"

namespace duet {

RegisterBank::RegisterBank(std::vector<RegisterSpec> specs) {
  std::sort(specs.begin(), specs.end(), [](const auto& a, const auto& b) { return a.offset < b.offset; });
  u64 end = 0;
  for (auto& spec : specs) {
    DUET_ASSERT(spec.width == 1 || spec.width == 2 || spec.width == 4 || spec.width == 8);
    DUET_ASSERT(spec.offset % spec.width == 0);
    DUET_ASSERT(spec.offset >= end);
    end = spec.offset + spec.width;
    const u64 initial = spec.reset;
    slots_.push_back({std::move(spec), initial});
  }
}

void RegisterBank::reset() {
  for (auto& slot : slots_) slot.value = slot.spec.reset;
}

RegisterBank::Slot* RegisterBank::slotAt(u64 offset) {
  auto after = std::upper_bound(slots_.begin(), slots_.end(), offset,
                                [](u64 o, const Slot& s) { return o < s.spec.offset; });
  if (after == slots_.begin()) return nullptr;
  Slot& slot = *(after - 1);
  return offset < u64{slot.spec.offset} + slot.spec.width ? &slot : nullptr;
}

u64 RegisterBank::read(u64 offset, unsigned size) {
  u64 result = 0;
  for (unsigned i = 0; i < size;) {
    Slot* slot = slotAt(offset + i);
    if (!slot) {
      ++i;
      continue;
    }
    const u64 value = slot->spec.onRead ? slot->spec.onRead(slot->value) : slot->value;
    unsigned at = static_cast<unsigned>(offset + i - slot->spec.offset);
    for (; at < slot->spec.width && i < size; ++at, ++i) result |= (value >> (8 * at) & 0xff) << (8 * i);
  }
  return result;
}

void RegisterBank::write(u64 offset, unsigned size, u64 value) {
  for (unsigned i = 0; i < size;) {
    Slot* slot = slotAt(offset + i);
    if (!slot) {
      ++i;
      continue;
    }
    u64 lanes = 0, incoming = 0;
    unsigned at = static_cast<unsigned>(offset + i - slot->spec.offset);
    for (; at < slot->spec.width && i < size; ++at, ++i) {
      lanes |= u64{0xff} << (8 * at);
      incoming |= (value >> (8 * i) & 0xff) << (8 * at);
    }
    const u64 old = slot->value;
    const u64 plain = slot->spec.writable & lanes;
    u64 merged = (old & ~plain) | (incoming & plain);
    merged &= ~(incoming & slot->spec.writeOneToClear & lanes);
    slot->value = slot->spec.onWrite ? slot->spec.onWrite(merged, old) : merged;
  }
}

u64 RegisterBank::get(u32 offset) const {
  const Slot* slot = const_cast<RegisterBank*>(this)->slotAt(offset);
  DUET_ASSERT(slot && slot->spec.offset == offset);
  return slot->value;
}

void RegisterBank::set(u32 offset, u64 value) {
  Slot* slot = slotAt(offset);
  DUET_ASSERT(slot && slot->spec.offset == offset);
  slot->value = value & lowMask(8 * slot->spec.width);
}

std::vector<u64> RegisterBank::values() const {
  std::vector<u64> result;
  for (const auto& slot : slots_) result.push_back(slot.value);
  return result;
}

bool RegisterBank::setValues(const std::vector<u64>& values) {
  if (values.size() != slots_.size()) return false;
  for (size_t i = 0; i < slots_.size(); ++i) slots_[i].value = values[i] & lowMask(8 * slots_[i].spec.width);
  return true;
}

std::vector<RegisterBank::Listing> RegisterBank::list() const {
  std::vector<Listing> result;
  for (const auto& s : slots_) result.push_back({s.spec.name, s.spec.offset, s.spec.width, s.value});
  return result;
}

}  // namespace duet
