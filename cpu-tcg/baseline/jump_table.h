// The jump cache: guest address to code, in one mode.
#pragma once

#include <array>
#include <bit>

#include "cpu-tcg/baseline/page_names.h"

namespace duet::tcg::baseline {

// A hit is when address + short name of its page (page_names.h) + sum is 0: the sum holds the entry's own address and name,
// negated. Two addresses of one entry differ by a multiple of kSize, short names by less: they cannot make up for each other.
struct JumpEntry {
  static constexpr u64 kSize = u64{PageNames::kShortMask} + 1, kMask = kSize - 1;
  u64 sum;
  const void* code;
};

// Addresses of one entry are often two that call each other, as functions begin at multiples of 16: who is driven out stays here.
// `first` says which entry that was, as addresses are told apart by their sum only within one.
struct alignas(32) SecondEntry {
  JumpEntry entry;
  u64 first;  // its address, negated
};

// Of one vCPU and mode. Compiled code looks here by itself (jump_lookup.h).
class JumpTable {
 public:
  static constexpr u64 kSecondSize = 1024;
  static constexpr u64 kSecondMask = (kSecondSize - 1) * sizeof(SecondEntry);  // for PDEP
  static constexpr unsigned kHashShift = 14;  // of a key: to what differs in addresses of one entry

  JumpTable() { clear(); }

  // An empty entry fits no address and name: short names are less than kMask.
  void clear() {
    for (u64 i = 0; i < JumpEntry::kSize; ++i) first_[i] = {1 - i, nullptr};
    second_.fill({});
  }
  // `key`: address, its page's short name, and what tells its segment from others; null: there is no code for it.
  const void* find(u64 rip, u64 key) const {
    const JumpEntry& e = first_[rip & JumpEntry::kMask];
    if (e.sum + key == 0) return e.code;
    const SecondEntry& other = second_[secondIndex(e, key)];
    return other.entry.sum + key == 0 && other.first + addressOf(e) == 0 ? other.entry.code : nullptr;
  }
  void put(u64 rip, u64 key, const void* code) {
    JumpEntry& e = first_[rip & JumpEntry::kMask];
    const u64 sum = u64{0} - key;
    if (e.code && e.sum != sum) second_[secondIndex(e, u64{0} - e.sum)] = {e, u64{0} - addressOf(e)};
    e = {sum, code};
  }

  // Where the second ones lie, from the table's address.
  static constexpr u64 kSecondAt = JumpEntry::kSize * sizeof(JumpEntry);

 private:
  static u64 addressOf(const JumpEntry& e) { return reinterpret_cast<u64>(&e); }
  // As emitSecondLook() does.
  static u64 secondIndex(const JumpEntry& e, u64 key) {
    return (std::rotr(key, kHashShift) + addressOf(e)) % kSecondSize;
  }

  std::array<JumpEntry, JumpEntry::kSize> first_;
  std::array<SecondEntry, kSecondSize> second_;
};
static_assert(sizeof(JumpTable) == JumpTable::kSecondAt + JumpTable::kSecondSize * sizeof(SecondEntry));

}  // namespace duet::tcg::baseline
