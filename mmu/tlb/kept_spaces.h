// Translations of address spaces that a processor has left and may come back to (PCIDs, SDM vol. 3 4.10.1).
#pragma once

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "core/base/types.h"

namespace duet::mmu {

// Where entries were filled, the last kSize of them: those are what a program works with just now.
template <unsigned kSize>
class LatestFills {
 public:
  void add(u32 place) { places_[count_++ % kSize] = place; }
  void forget() { count_ = 0; }
  // Whether forEach() comes by all that was added.
  bool complete() const { return count_ <= kSize; }
  // From the newest to the oldest; some come more than once.
  template <class F>
  void forEach(F f) const {
    for (u64 n = 0; n < std::min<u64>(count_, kSize); ++n) f(places_[(count_ - 1 - n) % kSize]);
  }

 private:
  std::array<u32, kSize> places_{};
  u64 count_ = 0;
};

// The spaces left last, each with the CR3 it was entered by (without bit 63). Bits 11:0 of that are the PCID: no two have
// the same.
template <class Entries>
class KeptSpaces {
 public:
  static constexpr size_t kMost = 8;  // Linux takes turns with six

  void put(u64 cr3, Entries entries) {
    forget(cr3);
    if (spaces_.size() == kMost) spaces_.erase(spaces_.begin());
    spaces_.push_back({cr3, std::move(entries)});
  }
  // What put() was given for the same CR3, and nothing is kept for its PCID any more.
  Entries take(u64 cr3) {
    const auto at = find(cr3);
    if (at == spaces_.end()) return {};
    Entries entries = at->cr3 == cr3 ? std::move(at->entries) : Entries{};
    spaces_.erase(at);
    return entries;
  }
  void forget(u64 pcid) {
    if (const auto at = find(pcid); at != spaces_.end()) spaces_.erase(at);
  }
  void forgetAll() { spaces_.clear(); }
  template <class F>
  void forEach(F f) {
    for (Space& s : spaces_) f(s.entries);
  }

 private:
  struct Space {
    u64 cr3;
    Entries entries;
  };
  auto find(u64 cr3) {
    constexpr u64 kPcid = 0xfff;
    return std::ranges::find_if(spaces_, [&](const Space& s) { return ((s.cr3 ^ cr3) & kPcid) == 0; });
  }

  std::vector<Space> spaces_;  // the one left last comes last
};

}  // namespace duet::mmu
