// Translations of address spaces that a processor has left and may come back to (PCIDs, SDM vol. 3 4.10.1).
#pragma once

#include <algorithm>
#include <array>

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
// the same. Nothing here is on the heap: it lies in the vCPU's own memory, where leak checkers do not look.
template <class Entries>
class KeptSpaces {
 public:
  static constexpr size_t kMost = 8;  // Linux takes turns with six

  // For what is kept of this one; whatever was kept of its PCID, or else of the space left longest ago, is gone.
  Entries& put(u64 cr3) {
    Space* space = find(cr3);
    if (!space) space = &*std::ranges::min_element(spaces_, {}, &Space::left);
    space->cr3 = cr3;
    space->left = ++now_;
    return space->entries;
  }
  // What was kept for the same CR3, until the next put(); null: nothing. Nothing is kept for its PCID any more.
  const Entries* take(u64 cr3) {
    Space* space = find(cr3);
    if (!space) return nullptr;
    space->left = 0;
    return space->cr3 == cr3 ? &space->entries : nullptr;
  }
  void forget(u64 pcid) {
    if (Space* space = find(pcid)) space->left = 0;
  }
  void forgetAll() {
    for (Space& s : spaces_) s.left = 0;
  }
  template <class F>
  void forEach(F f) {
    for (Space& s : spaces_)
      if (s.left) f(s.entries);
  }

 private:
  struct Space {
    u64 cr3 = 0;
    u64 left = 0;  // when, as a number; 0: nothing is kept
    Entries entries;
  };
  Space* find(u64 cr3) {
    constexpr u64 kPcid = 0xfff;
    const auto at =
        std::ranges::find_if(spaces_, [&](const Space& s) { return s.left && ((s.cr3 ^ cr3) & kPcid) == 0; });
    return at == spaces_.end() ? nullptr : &*at;
  }

  std::array<Space, kMost> spaces_;
  u64 now_ = 0;
};

}  // namespace duet::mmu
